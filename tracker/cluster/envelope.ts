import type { Place } from "../nearness/place.js";
import type { SwarmKey } from "../swarm-server.js";
import type { InfoHash, OfferId, PeerId } from "../wire/bytes20.js";
import type { SdpLiteral } from "../wire/session-description.js";

/** What nodes say to each other. They are ours and trust each other; Redis must not be open to anybody else. */
export type Parcel = SwarmParcel | ViewerParcel;

/** A viewer has joined at the sender that will report to the receiver, and counts there. */
export interface ViewerParcel {
  readonly kind: "viewer";
  readonly stream: string;
  readonly session: string;
}

/** About a peer in a swarm. */
export type SwarmParcel =
  /** A peer whose socket is at the sender announces in a swarm of the receiver's. */
  | {
      readonly kind: "announce";
      readonly key: SwarmKey;
      readonly infoHash: InfoHash;
      readonly peerId: PeerId;
      readonly visitor: RemoteVisitor;
      readonly isComplete: boolean;
      readonly offers: readonly { readonly offerId: OfferId; readonly sdp: SdpLiteral }[];
    }
  | {
      readonly kind: "answer";
      readonly key: SwarmKey;
      readonly peerId: PeerId;
      readonly toPeerId: PeerId;
      readonly offerId: OfferId;
      readonly sdp: SdpLiteral;
    }
  | { readonly kind: "leave"; readonly key: SwarmKey; readonly peerId: PeerId }
  /** Frames' texts for a peer whose socket is at the receiver. */
  | { readonly kind: "deliver"; readonly key: SwarmKey; readonly peerId: PeerId; readonly text: string }
  /** The peer's viewer has come back on another connection. */
  | { readonly kind: "replaced"; readonly key: SwarmKey; readonly peerId: PeerId };

export interface RemoteVisitor {
  readonly number: number;
  readonly place: Place;
  readonly stream?: string | undefined;
  readonly session?: string | undefined;
}

/** All that one node has to say to another at one time. */
export interface Envelope {
  readonly from: string;
  readonly parcels: readonly Parcel[];
}

/** @returns nothing for what a node of another version may have sent. */
export function readEnvelope(text: string): Envelope | undefined {
  const json = JSON.parse(text);
  return typeof json?.from === "string" && Array.isArray(json.parcels) ? json : undefined;
}

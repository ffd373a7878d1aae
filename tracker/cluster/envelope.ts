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

/**
 * Texts, which are nearly all of it, stand as they are behind a line of JSON that has their lengths: within it they would
 * be escaped a second time, and read back from that.
 */
export function writeEnvelope({ from, parcels }: Envelope): string {
  const texts: string[] = [];
  const put = (text: string) => {
    texts.push(text);
    return text.length;
  };
  const packed = parcels.map((parcel) => pack(parcel, put));
  return `${JSON.stringify({ from, parcels: packed })}\n${texts.join("")}`;
}

/**
 * @returns nothing for what a node of another version may have sent.
 * @throws {SyntaxError} for what no node sends.
 */
export function readEnvelope(text: string): Envelope | undefined {
  const end = text.indexOf("\n");
  if (end < 0) return undefined;
  const { from, parcels } = (JSON.parse(text.slice(0, end)) ?? {}) as Record<string, unknown>;
  if (typeof from !== "string" || !Array.isArray(parcels)) return undefined;
  let at = end + 1;
  const take = (length: number) => {
    at += length;
    return text.slice(at - length, at) as SdpLiteral;
  };
  const unpacked = parcels.map((packed: Packed) => pack(packed, take));
  return at === text.length ? { from, parcels: unpacked as readonly Parcel[] } : undefined;
}

/** A parcel whose texts are somewhere else. */
type Packed = ReplaceTexts<Parcel, number>;

type ReplaceTexts<T, Text> = T extends { readonly kind: "announce" }
  ? Omit<T, "offers"> & { readonly offers: readonly { readonly offerId: OfferId; readonly sdp: Text }[] }
  : T extends { readonly kind: "answer" }
    ? Omit<T, "sdp"> & { readonly sdp: Text }
    : T extends { readonly kind: "deliver" }
      ? Omit<T, "text"> & { readonly text: Text }
      : T;

/** Puts something else in the place of each text of a parcel, in their order. */
function pack<From, To>(
  parcel: ReplaceTexts<Parcel, From>,
  put: (text: From) => To,
): ReplaceTexts<Parcel, To> {
  switch (parcel.kind) {
    case "announce":
      return {
        ...parcel,
        offers: parcel.offers.map(({ offerId, sdp }) => ({ offerId, sdp: put(sdp) })),
      };
    case "answer":
      return { ...parcel, sdp: put(parcel.sdp) };
    case "deliver":
      return { ...parcel, text: put(parcel.text) };
    default:
      return parcel;
  }
}

import type { Place } from "../nearness/place.js";
import type { RelayedAnswer, RelayedOffer } from "../peer.js";
import type { Reach } from "../sdp/restrict.js";
import type { SwarmKey } from "../swarm-server.js";
import type { Offer } from "../wire/announce.js";
import type { InfoHash, PeerId } from "../wire/bytes20.js";
import type { SwarmCounts } from "../wire/replies.js";
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
export type SwarmParcel = {
  readonly key: SwarmKey;
  readonly peerId: PeerId;
} & (
  | /** A peer whose socket is at the sender announces in a swarm of the receiver's. */ {
      readonly kind: "announce";
      readonly infoHash: InfoHash;
      readonly visitor: RemoteVisitor;
      readonly isComplete: boolean;
      /** Others that it has offers for. */
      readonly offers: number;
      /** These offers, for the receiver to pass on to peers whose sockets it has. They are held at the sender, too. */
      readonly along?: readonly Offer[];
      /** Names this announce among those of the sender. */
      readonly turn: number;
    }
  /** What its peer's announce has led to. */
  | {
      readonly kind: "picks";
      readonly turn: number;
      readonly counts: SwarmCounts;
      /** Of the offers that came along, the first so many have been passed on; absent at nodes of an earlier version. */
      readonly passed?: number;
      /** Whom its other offers go to, in their order. */
      readonly picks: readonly Pick[];
    }
  /** Its peer's announce was not served. */
  | { readonly kind: "refused"; readonly sentence: string }
  /** The peer's viewer has come back on another connection. */
  | { readonly kind: "replaced" }
  /** It leaves a swarm of the receiver's. */
  | { readonly kind: "leave" }
  /** To a peer whose socket is at the receiver, from one whose socket is at the sender. */
  | ({ readonly kind: "offer" } & Omit<RelayedOffer, "node">)
  /** The same. */
  | ({ readonly kind: "answer" } & RelayedAnswer)
);

export type ParcelOf<Kind extends Parcel["kind"]> = Extract<Parcel, { readonly kind: Kind }>;

/** Whom an offer goes to. */
export interface Pick {
  readonly peerId: PeerId;
  /** What of each other's addresses the two peers may know. */
  readonly reach: Reach;
  /** The node that has its socket; absent where that is the sender. */
  readonly node?: string;
}

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

const LINE_END = "\n".charCodeAt(0);

/**
 * Session descriptions, which are nearly all of it, stand as they are behind a line of JSON that has their lengths: within
 * it they would be escaped a second time, and read back from that. They are bytes already, see wire/frame.ts.
 */
export function writeEnvelope({ from, parcels }: Envelope): Buffer {
  const texts: SdpLiteral[] = [];
  const pack = <T extends { readonly sdp: SdpLiteral }>(item: T) => {
    texts.push(item.sdp);
    return { ...item, sdp: item.sdp.length };
  };
  const packed = parcels.map((parcel) => {
    if (hasText(parcel)) return pack(parcel);
    return hasOffers(parcel) ? { ...parcel, along: parcel.along.map(pack) } : parcel;
  });
  const line = Buffer.from(`${JSON.stringify({ from, parcels: packed })}\n`);
  const length = texts.reduce((sum, text) => sum + text.length, line.length);
  const bytes = Buffer.allocUnsafe(length);
  let at = line.copy(bytes);
  for (const text of texts) at += bytes.write(text, at, "latin1");
  return bytes;
}

/**
 * @returns nothing for what a node of another version may have sent.
 * @throws {SyntaxError} for what no node sends.
 */
export function readEnvelope(bytes: Buffer): Envelope | undefined {
  const end = bytes.indexOf(LINE_END);
  if (end < 0) return undefined;
  const { from, parcels } = (JSON.parse(bytes.toString("utf8", 0, end)) ?? {}) as Record<string, unknown>;
  if (typeof from !== "string" || !Array.isArray(parcels)) return undefined;
  let at = end + 1;
  const unpack = <T extends { readonly sdp: number }>(item: T) => {
    at += item.sdp;
    return { ...item, sdp: bytes.toString("latin1", at - item.sdp, at) as SdpLiteral };
  };
  const unpacked = parcels.map((parcel: Packed) => {
    if (hasText(parcel)) return unpack(parcel);
    return hasOffers(parcel) ? { ...parcel, along: parcel.along.map(unpack) } : parcel;
  });
  return at === bytes.length ? { from, parcels: unpacked as readonly Parcel[] } : undefined;
}

type WithText = ParcelOf<"offer" | "answer">;
type WithOffers = ParcelOf<"announce"> & { readonly along: readonly Offer[] };
/** Stands for a text that is somewhere else. */
type Packing<T> = Omit<T, "sdp"> & { readonly sdp: number };
type Packed =
  | Exclude<Parcel, WithText | ParcelOf<"announce">>
  | Packing<WithText>
  | (Omit<WithOffers, "along"> & { readonly along?: readonly Packing<Offer>[] });

function hasText<T extends { readonly kind: string }>(
  parcel: T,
): parcel is Extract<T, { readonly kind: "offer" | "answer" }> {
  return parcel.kind === "offer" || parcel.kind === "answer";
}

function hasOffers<T extends { readonly kind: string }, Along>(
  parcel: T & { readonly along?: Along },
): parcel is T & { readonly kind: "announce"; readonly along: Along } {
  return parcel.kind === "announce" && parcel.along !== undefined;
}

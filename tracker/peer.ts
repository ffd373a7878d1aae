import type { Reach } from "./sdp/restrict.js";
import type { OfferId, PeerId } from "./wire/bytes20.js";
import type { SdpLiteral } from "./wire/session-description.js";

/** An offer on its way to the peer that it was made for. */
export interface RelayedOffer {
  readonly from: PeerId;
  readonly offerId: OfferId;
  /** Without what is none of the other's business. */
  readonly sdp: SdpLiteral;
  /** Of the two peers, for the answer. */
  readonly reach: Reach;
  /** The tracker that it came from; absent where that is this one. */
  readonly node?: string | undefined;
}

/** An answer on its way to the peer that made the offer. */
export interface RelayedAnswer {
  readonly from: PeerId;
  readonly offerId: OfferId;
  /** Without what is none of the other's business. */
  readonly sdp: SdpLiteral;
}

/** A peer that offers and answers can be taken to, wherever its socket is. */
export interface Peer {
  /** The tracker that has its socket; absent where that is this one. */
  readonly node: string | undefined;
  offer(offer: RelayedOffer, nowMs: number): void;
  answer(answer: RelayedAnswer): void;
}

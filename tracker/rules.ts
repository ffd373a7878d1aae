import type { Visitor } from "./visitor.js";
import type { PeerId } from "./wire/bytes20.js";

/** What a peer may do: share, only download, or nothing. */
export type Standing = "p2p" | "leech" | "off";

/** Decides what peers may do. Asked for each candidate of an introduction: answers must be cheap. */
export interface Rules {
  standingOf(visitor: Visitor, peerId: PeerId): Standing;
}

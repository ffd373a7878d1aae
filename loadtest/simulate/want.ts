import type { Flow } from "./links.js";
import { recordsOf } from "./records.js";

/** All of it in one line of memory. */
const WantRecord = recordsOf({
  segment: "number",
  knownAtMs: "number",
  dueAtMs: "number",
  restUntilMs: "number",
  rank: "number",
  /** The viewer's `meetings` when `rank` was found. */
  rankOf: "number",
  promisedAtMs: "number?",
  /** A connected peer was seen to have it. */
  isOffered: "flag",
  isRequested: "flag",
  /** It was in the playlist before this viewer had peers. */
  isOld: "flag",
  /** A transfer from a peer may begin: there is time for it to fail. */
  hasTimeForPeers: "flag",
  isFetchedForRequest: "flag",
});

/** What is under way for one segment that a viewer does not hold yet; as the player's `SegmentRecord`. */
export class Want extends WantRecord {
  /** From the origin. */
  fetch: Flow | undefined;
  /** From a peer. */
  transfer: Flow | undefined;
  /** Peers, by index, that had no room, and have not announced again since. */
  refusedBy: Set<number> | undefined;
}

/** Records that share a piece of memory. */
const WANTS_AT_ONCE = 4_096;

/** Wants that are used again: a run has hundreds of millions, one after the other. */
export class WantPool {
  readonly #free: Want[] = [];
  #memory = WantRecord.memory(0);
  #made = 0;

  take(segment: number, knownAtMs: number, isOld: boolean): Want {
    const want = this.#free.pop() ?? this.#make();
    want.segment = segment;
    want.knownAtMs = knownAtMs;
    want.isOld = isOld;
    want.isRequested = false;
    want.hasTimeForPeers = true;
    want.dueAtMs = Number.POSITIVE_INFINITY;
    want.fetch = undefined;
    want.isFetchedForRequest = false;
    want.transfer = undefined;
    want.refusedBy?.clear();
    want.promisedAtMs = undefined;
    want.isOffered = false;
    want.restUntilMs = 0;
    want.rank = 0;
    want.rankOf = -1;
    return want;
  }

  /** Nobody may look at it any more. */
  giveBack(want: Want): void {
    this.#free.push(want);
  }

  #make(): Want {
    const place = this.#made++ % WANTS_AT_ONCE;
    if (place === 0) this.#memory = WantRecord.memory(WANTS_AT_ONCE);
    return new Want(this.#memory, place);
  }
}

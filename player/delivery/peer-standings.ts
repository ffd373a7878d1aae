import {
  isTrusted,
  judgePeer,
  type PeerDeed,
  type PeerJudgement,
  type PeerStanding,
  UNKNOWN_PEER,
} from "../policy/peer-standing.js";

/** Ids are made up freely; those that have not been heard of for longest are forgotten. */
const MOST_KNOWN = 1_000;

/** What this viewer has seen of each peer, in all its tracks. */
export class PeerStandings {
  readonly #now: () => number;
  readonly #onDropped: (peerId: string) => void;
  readonly #known = new Map<string, { standing: PeerStanding; bannedUntilMs: number }>();

  constructor(now: () => number, onDropped: (peerId: string) => void) {
    this.#now = now;
    this.#onDropped = onDropped;
  }

  note(peerId: string, deed: PeerDeed): PeerJudgement {
    const nowMs = this.#now();
    const known = this.#known.get(peerId);
    const { standing, judgement } = judgePeer(known?.standing ?? UNKNOWN_PEER, deed, nowMs);
    const isDropped = judgement.at === "drop";
    this.#known.delete(peerId);
    this.#known.set(peerId, {
      standing,
      bannedUntilMs: isDropped ? judgement.untilMs : (known?.bannedUntilMs ?? 0),
    });
    this.#forgetOldest();
    if (isDropped) this.#onDropped(peerId);
    return judgement;
  }

  isBanned(peerId: string): boolean {
    return (this.#known.get(peerId)?.bannedUntilMs ?? 0) > this.#now();
  }

  /** Whether what a peer has is worth waiting for. */
  isTrusted(peerId: string): boolean {
    const known = this.#known.get(peerId);
    return !known || (isTrusted(known.standing, this.#now()) && !this.isBanned(peerId));
  }

  #forgetOldest(): void {
    for (const peerId of this.#known.keys()) {
      if (this.#known.size <= MOST_KNOWN) return;
      this.#known.delete(peerId);
    }
  }
}

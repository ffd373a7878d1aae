/** How a peer has behaved lately. */
export interface PeerStanding {
  /** Grows with each failure, and fades. */
  readonly blame: number;
  /** When `blame` was what it is. */
  readonly atMs: number;
  /** How often it has been dropped. */
  readonly drops: number;
}

export type PeerDeed =
  /** A whole segment, and the right one. */
  | "delivered"
  /** It has not got what it was asked for, or is busy; busy peers say that, too. */
  | "absent"
  /** Its transfer did not move for seconds, or hardly; see {@link hasStoodStill}. */
  | "silent"
  /** It went in the middle of a transfer, or announced another size than the segment has. */
  | "broken-off"
  /** A whole segment that is not what the playlist says. */
  | "wrong"
  /** It sends commands, or bytes that nobody has asked for, without end. */
  | "flood";

export type PeerJudgement =
  | { readonly at: "ask" }
  /** What it has is not counted on: nobody waits for it. */
  | { readonly at: "distrust" }
  /** It is let go, and does not come back under this name before then. */
  | { readonly at: "drop"; readonly untilMs: number };

export const UNKNOWN_PEER: PeerStanding = { blame: 0, atMs: 0, drops: 0 };

const BLAME: Record<PeerDeed, number> = {
  delivered: -2,
  // Two a second from a neighbour with a narrow uplink are nothing bad; ten a second are.
  absent: 0.02,
  silent: 2,
  "broken-off": 2,
  wrong: 100,
  flood: 100,
};
const DISTRUST_FROM = 3;
const DROP_FROM = 6;
const HALF_LIFE_MS = 60_000;
const BAN_MS = { first: 60_000, longest: 15 * 60_000 };

const STOOD_STILL_MS = 1_500;
/** 65 kbit/s in that time: who uploads at all has more, even shared with others. */
const STOOD_STILL_BYTES = 16 * 1024;

/**
 * Whether a transfer that is given up before its end has come to nothing: playback's deadlines often end those of a
 * silent peer, or of one that drips, before anybody could call it silent.
 */
export function hasStoodStill(
  { startedAtMs, loadedBytes }: { readonly startedAtMs: number; readonly loadedBytes: number },
  nowMs: number,
): boolean {
  return nowMs - startedAtMs >= STOOD_STILL_MS && loadedBytes < STOOD_STILL_BYTES;
}

/** A peer that keeps failing is counted on less, then dropped, each time for longer. One that pollutes goes at once. */
export function judgePeer(
  standing: PeerStanding,
  deed: PeerDeed,
  nowMs: number,
): { readonly standing: PeerStanding; readonly judgement: PeerJudgement } {
  const faded = blameAt(standing, nowMs);
  const blame = Math.max(0, faded + BLAME[deed]);
  const { drops } = standing;
  if (blame < DROP_FROM) {
    const judgement = { at: blame < DISTRUST_FROM ? "ask" : "distrust" } as const;
    return { standing: { blame, atMs: nowMs, drops }, judgement };
  }
  const isMalice = BLAME[deed] >= DROP_FROM;
  const banMs = isMalice ? BAN_MS.longest : Math.min(BAN_MS.longest, BAN_MS.first * 2 ** drops);
  return {
    // When it comes back it is not counted on before it has delivered.
    standing: { blame: DISTRUST_FROM, atMs: nowMs + banMs, drops: drops + 1 },
    judgement: { at: "drop", untilMs: nowMs + banMs },
  };
}

export function isTrusted(standing: PeerStanding, nowMs: number): boolean {
  return blameAt(standing, nowMs) < DISTRUST_FROM;
}

function blameAt({ blame, atMs }: PeerStanding, nowMs: number): number {
  return blame * 0.5 ** (Math.max(0, nowMs - atMs) / HALF_LIFE_MS);
}

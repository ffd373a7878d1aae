import type { Report } from "../../player/protocol/index.js";

/** Sessions that are remembered; with more, the ones not heard of for longest are forgotten. */
const MAX_SESSIONS = 200_000;
/** Reports that may be under way in the wrong order. */
const WINDOW = 32;
/** No link is faster; whatever claims it lies or counts wrong. Bytes a second. */
const FASTEST = 2_500_000_000 / 8;
/** Reports cover ten seconds; the first may have been delayed, and clocks differ. */
const SLACK_S = 60;
/** Playback rates beyond that are no playback. */
const FASTEST_PLAYBACK = 16;

/** What a report is worth. */
export type Verdict = "new" | "repeated" | "too_often" | "implausible";

interface Session {
  highest: number;
  /** Bit n: the report `highest - n` has been taken. */
  taken: number;
  heardAtMs: number;
  /** Reports that it may send at once, see `allowance`. */
  allowance: number;
  /** Whoever has claimed what cannot be is not believed again. */
  isImplausible: boolean;
}

/** Reports a session may send at once, and each second on average: ten times what players send. */
const ALLOWED_AT_ONCE = 30;
const ALLOWED_PER_SECOND = 1;

/** Takes each report of a session once, and no more of them than a player would send. */
export class SessionLedger {
  /** Sessions that have claimed what cannot be. */
  implausibleSessions = 0;
  readonly #sessions = new Map<string, Session>();

  judge(report: Report, nowMs: number): Verdict {
    const key = `${report.stream}/${report.session}`;
    const known = this.#sessions.get(key);
    const session = known ?? {
      highest: -1,
      taken: 0,
      heardAtMs: nowMs,
      allowance: ALLOWED_AT_ONCE,
      isImplausible: false,
    };
    const elapsedS = known === undefined ? Number.POSITIVE_INFINITY : (nowMs - session.heardAtMs) / 1000;
    session.allowance = Math.min(ALLOWED_AT_ONCE, session.allowance + elapsedS * ALLOWED_PER_SECOND);
    session.heardAtMs = nowMs;
    // Those heard last come last.
    this.#sessions.delete(key);
    this.#sessions.set(key, session);
    this.#forgetOldest();
    if (session.allowance < 1) return "too_often";
    session.allowance -= 1;
    if (!isNew(session, report.sequence)) return "repeated";
    if (session.isImplausible) return "implausible";
    if (isPlausible(report, Math.min(elapsedS, 3600) + SLACK_S)) return "new";
    session.isImplausible = true;
    this.implausibleSessions += 1;
    return "implausible";
  }

  #forgetOldest(): void {
    for (const key of this.#sessions.keys()) {
      if (this.#sessions.size <= MAX_SESSIONS) return;
      this.#sessions.delete(key);
    }
  }
}

function isNew(session: Session, sequence: number): boolean {
  const ahead = sequence - session.highest;
  if (ahead > 0) {
    session.taken = ahead >= WINDOW ? 1 : (session.taken << ahead) | 1;
    session.highest = sequence;
    return true;
  }
  if (-ahead >= WINDOW) return false;
  const bit = 1 << -ahead;
  if ((session.taken & bit) !== 0) return false;
  session.taken |= bit;
  return true;
}

function isPlausible({ bytes, playedS, stalledS, integrity }: Report, withinS: number): boolean {
  const { fromPeers, fromOrigin, wastedFromPeers, wastedFromOrigin, rejected, uploaded, unverified } = bytes;
  const downloaded = fromPeers + fromOrigin + wastedFromPeers + wastedFromOrigin + rejected;
  return (
    downloaded <= FASTEST * withinS &&
    uploaded <= FASTEST * withinS &&
    unverified <= fromPeers &&
    playedS <= FASTEST_PLAYBACK * withinS &&
    stalledS <= withinS &&
    integrity.peers.reduce((sum, { segments: count }) => sum + count, 0) <= integrity.failures
  );
}

import { MAX_BLOCKED_PEERS, type StreamName } from "../../player/protocol/index.js";
import { MAX_LISTED, type QuarantineList } from "./quarantine-list.js";

/** Peers that somebody has complained about and who are remembered. */
const MAX_ACCUSED = 20_000;
/** Streams with quarantined peers that are remembered. */
const MAX_STREAMS = 10_000;
/** Sessions in quarantine that are remembered. */
const MAX_SESSIONS = 20_000;
/** Complaints about one peer that are remembered; more than any quorum. */
const MAX_COMPLAINTS = 64;
const COMPLAINT_LIFETIME_MS = 600_000;
const QUARANTINE_MS = 3_600_000;

/** Who complains. Complaints of one session, and of one public address, count once. */
export interface Reporter {
  readonly session: string;
  readonly address: string;
}

interface SessionSentence {
  readonly stream: StreamName;
  readonly session: string;
  readonly untilMs: number;
}

/**
 * Peers that several independent viewers have got wrong bytes from: introduced to nobody for an hour. Where viewers have
 * access tokens, their sessions are, too: a new peer id does not help.
 */
export class Quarantine {
  readonly #quorum: number;
  readonly #complaints = new Map<string, { readonly by: Reporter; readonly atMs: number }[]>();
  /** By stream, then peer; the latest come last. */
  readonly #until = new Map<StreamName, Map<string, number>>();
  /** By stream and session of the access token; the latest come last. */
  readonly #sessions = new Map<string, SessionSentence>();
  readonly #onQuarantined: (stream: StreamName, peerId: string) => void;

  constructor(options: {
    /** Independent reporters it takes. */
    readonly quorum: number;
    readonly onQuarantined: (stream: StreamName, peerId: string) => void;
  }) {
    this.#quorum = options.quorum;
    this.#onQuarantined = options.onQuarantined;
  }

  /** Whether nobody at all is in quarantine. */
  get isEmpty(): boolean {
    return this.#until.size === 0 && this.#sessions.size === 0;
  }

  complain(stream: StreamName, peerId: string, by: Reporter, nowMs: number): void {
    const key = `${stream}/${peerId}`;
    const earlier = (this.#complaints.get(key) ?? []).filter(
      ({ atMs }) => atMs > nowMs - COMPLAINT_LIFETIME_MS,
    );
    const complaints = [...earlier, { by, atMs: nowMs }].slice(-MAX_COMPLAINTS);
    this.#complaints.delete(key);
    this.#complaints.set(key, complaints);
    for (const oldest of this.#complaints.keys()) {
      if (this.#complaints.size <= MAX_ACCUSED) break;
      this.#complaints.delete(oldest);
    }
    if (independent(complaints.map(({ by: reporter }) => reporter)) < this.#quorum) return;
    if (this.isQuarantined(stream, peerId, nowMs)) return;
    this.impose(stream, peerId, nowMs);
    this.#onQuarantined(stream, peerId);
  }

  /** Also for what other nodes have found out. */
  impose(stream: StreamName, peerId: string, nowMs: number, forMs = QUARANTINE_MS): void {
    const peers = this.#until.get(stream) ?? new Map<string, number>();
    const untilMs = Math.max(peers.get(peerId) ?? 0, nowMs + Math.min(forMs, QUARANTINE_MS));
    this.#until.set(stream, peers.set(peerId, untilMs));
    for (const [oldest, endMs] of peers) {
      if (peers.size <= MAX_BLOCKED_PEERS && endMs > nowMs) break;
      peers.delete(oldest);
    }
    for (const stale of this.#until.keys()) {
      if (this.#until.size <= MAX_STREAMS) break;
      this.#until.delete(stale);
    }
  }

  /** @returns whether that is news. */
  imposeOnSession(stream: StreamName, session: string, nowMs: number, forMs = QUARANTINE_MS): boolean {
    if (this.isSessionQuarantined(stream, session, nowMs)) return false;
    const key = `${stream}/${session}`;
    this.#sessions.delete(key);
    this.#sessions.set(key, { stream, session, untilMs: nowMs + Math.min(forMs, QUARANTINE_MS) });
    for (const [oldest, { untilMs }] of this.#sessions) {
      if (this.#sessions.size <= MAX_SESSIONS && untilMs > nowMs) break;
      this.#sessions.delete(oldest);
    }
    return true;
  }

  /** For a tracker that starts later. Where there are too many, the latest. */
  list(nowMs: number): QuarantineList {
    const peers = Array.from(this.#until).flatMap(([stream, untils]) =>
      Array.from(untils, ([who, untilMs]) => ({ stream, who, forMs: untilMs - nowMs })),
    );
    const sessions = Array.from(this.#sessions.values(), ({ stream, session, untilMs }) => ({
      stream,
      who: session,
      forMs: untilMs - nowMs,
    }));
    return { peers: latest(peers), sessions: latest(sessions) };
  }

  /** Takes what another tracker has listed. */
  learn({ peers, sessions }: QuarantineList, nowMs: number): void {
    for (const { stream, who, forMs } of peers) this.impose(stream, who, nowMs, forMs);
    for (const { stream, who, forMs } of sessions) this.imposeOnSession(stream, who, nowMs, forMs);
  }

  /** @param session of the access token; without one there is nothing to know somebody by. */
  isSessionQuarantined(stream: StreamName | undefined, session: string | undefined, nowMs: number): boolean {
    if (this.#sessions.size === 0 || session === undefined) return false;
    return (this.#sessions.get(`${stream}/${session}`)?.untilMs ?? 0) > nowMs;
  }

  isQuarantined(stream: StreamName | undefined, peerId: string, nowMs: number): boolean {
    if (this.#until.size === 0) return false;
    // Clients that do not name their stream are known by their peer id alone.
    const places = stream === undefined ? this.#until.values() : [this.#until.get(stream)];
    for (const peers of places) if ((peers?.get(peerId) ?? 0) > nowMs) return true;
    return false;
  }

  /** Those of a stream, for its viewers to keep away from. */
  blockedPeers(stream: StreamName, nowMs: number): string[] {
    return Array.from(this.#until.get(stream) ?? [])
      .filter(([, untilMs]) => untilMs > nowMs)
      .map(([peerId]) => peerId);
  }
}

/** Of those that still have to stay, the ones with the longest time left. */
function latest<T extends { readonly forMs: number }>(entries: readonly T[]): T[] {
  return entries
    .filter(({ forMs }) => forMs > 0)
    .sort((a, b) => a.forMs - b.forMs)
    .slice(-MAX_LISTED);
}

/** The fewer of sessions and addresses: one viewer with many sessions is one, many viewers behind one address are one. */
function independent(reporters: readonly Reporter[]): number {
  const sessions = new Set(reporters.map(({ session }) => session));
  const addresses = new Set(reporters.map(({ address }) => address));
  return Math.min(sessions.size, addresses.size);
}

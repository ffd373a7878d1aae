import { describe } from "./describe.js";
import { fieldsOf, integer, listOf, number, streamOf } from "./fields.js";
import { ParseError } from "./parse-error.js";
import { PEER_ID_LENGTH } from "./peer-id.js";
import type { StreamName } from "./stream.js";
import { PROTOCOL_VERSION } from "./version.js";

/**
 * What a player tells about the time since its last report, with `POST /reports`. All counts are differences, so that
 * a session's reports add up to the session; `peersConnected`, `latencyS` and `bitrate` are the state at its end.
 *
 * The body is JSON. Its content type is `application/json`, or `text/plain`, which spares browsers a preflight.
 */
export interface Report {
  readonly stream: StreamName;
  /** Random, for one source in one player: 8 to 64 letters, digits, `_` or `-`. */
  readonly session: string;
  /** 0 for a session's first report, then 1, 2, …; a number that was seen before is a repetition. */
  readonly sequence: number;
  readonly cohort: Cohort;
  readonly bytes: ReportedBytes;
  readonly segments: { readonly fromPeers: number; readonly fromOrigin: number };
  /** Seconds in which the picture moved. */
  readonly playedS: number;
  readonly stalls: number;
  readonly stalledS: number;
  readonly levelSwitches: number;
  /** Bits per second of what was played, on average; absent where nothing was. */
  readonly bitrate?: number;
  /** From the wish to play to the first frame; only in the report that follows it. */
  readonly startupMs?: number;
  /** Seconds behind the live edge; absent on demand. */
  readonly latencyS?: number;
  readonly peersConnected: number;
  /** Connections or requests that were turned down, for misbehaviour or for lack of budget. */
  readonly peersRefused: number;
  readonly integrity: ReportedIntegrity;
}

export type Cohort =
  /** Shares. */
  | "p2p"
  /** Plays without peers so that the others can be compared with it. */
  | "holdout"
  /** Cannot share, or may not. */
  | "off";

export const COHORTS: readonly Cohort[] = ["p2p", "holdout", "off"];

/** Bytes of segments and initialisation segments. Played: handed over to hls.js for playback, each copy once. */
export interface ReportedBytes {
  /** Verified and played. */
  readonly fromPeers: number;
  /** Played. */
  readonly fromOrigin: number;
  readonly uploaded: number;
  /** From peers, and not what the playlist says. */
  readonly rejected: number;
  /** From peers, and never played: cut off, overtaken by the origin, or not reached. */
  readonly wastedFromPeers: number;
  /** The same from the origin. `fromOrigin` and this are what the origin has sent. */
  readonly wastedFromOrigin: number;
  /** The part of `fromPeers` that could not be verified; only where the player was told to be content with that. */
  readonly unverified: number;
}

export interface ReportedIntegrity {
  /** Segments from peers that were not what the playlist says. */
  readonly failures: number;
  /** Those who delivered such a segment as a whole. Where several had a part in it, nobody is named. */
  readonly peers: readonly Polluter[];
}

export interface Polluter {
  /** 20 printable ASCII characters. */
  readonly peer: string;
  readonly segments: number;
}

/** Of the body, in bytes. */
export const MAX_REPORT_BYTES = 8_192;
export const MAX_REPORTED_PEERS = 32;

const SESSION = /^[A-Za-z0-9_-]{8,64}$/;
const PRINTABLE_PEER_ID = /^[\x21-\x7e]{20}$/;

const BYTES = 2 ** 40;
const COUNT = 1_000_000;
const DAY_S = 86_400;
const LIMITS = {
  sequence: 2 ** 31 - 1,
  bytes: {
    fromPeers: BYTES,
    fromOrigin: BYTES,
    uploaded: BYTES,
    rejected: BYTES,
    wastedFromPeers: BYTES,
    wastedFromOrigin: BYTES,
    unverified: BYTES,
  },
  segments: { fromPeers: COUNT, fromOrigin: COUNT },
  playedS: DAY_S,
  stalls: COUNT,
  stalledS: DAY_S,
  levelSwitches: COUNT,
  bitrate: 10_000_000_000,
  startupMs: DAY_S * 1000,
  latencyS: DAY_S,
  peersConnected: 10_000,
  peersRefused: COUNT,
} as const;

/** Whether a report may name this peer. */
export function isReportablePeer(peerId: string): boolean {
  return peerId.length === PEER_ID_LENGTH && PRINTABLE_PEER_ID.test(peerId);
}

/** Writes a report that {@link parseReport} takes: numbers beyond their limits are cut down to these. */
export function encodeReport(report: Report): string {
  const { stream, session, cohort, bytes, segments, integrity } = report;
  const { bitrate, startupMs, latencyS } = report;
  return JSON.stringify({
    version: PROTOCOL_VERSION,
    stream,
    session,
    sequence: whole(report.sequence, LIMITS.sequence),
    cohort,
    bytes: wholes(bytes, LIMITS.bytes),
    segments: wholes(segments, LIMITS.segments),
    playedS: cut(report.playedS, LIMITS.playedS),
    stalls: whole(report.stalls, LIMITS.stalls),
    stalledS: cut(report.stalledS, LIMITS.stalledS),
    levelSwitches: whole(report.levelSwitches, LIMITS.levelSwitches),
    ...(bitrate !== undefined && { bitrate: whole(bitrate, LIMITS.bitrate) }),
    ...(startupMs !== undefined && { startupMs: cut(startupMs, LIMITS.startupMs) }),
    ...(latencyS !== undefined && { latencyS: cut(latencyS, LIMITS.latencyS) }),
    peersConnected: whole(report.peersConnected, LIMITS.peersConnected),
    peersRefused: whole(report.peersRefused, LIMITS.peersRefused),
    integrity: {
      failures: whole(integrity.failures, COUNT),
      peers: integrity.peers
        .filter(({ peer }) => isReportablePeer(peer))
        .slice(0, MAX_REPORTED_PEERS)
        .map(({ peer, segments: count }) => ({ peer, segments: whole(count, COUNT) })),
    },
  });
}

/**
 * Reads a report that a player has sent. Unknown fields are passed over.
 *
 * @param json the parsed body.
 * @throws {ParseError} that begins with the field's name, e.g. `bytes.uploaded: expected an integer from 0 to …`.
 */
export function parseReport(json: unknown): Report {
  const report = fieldsOf(json, "report");
  if (report.version !== PROTOCOL_VERSION) {
    throw new ParseError(`version: expected ${PROTOCOL_VERSION}, got ${describe(report.version)}`);
  }
  const bytes = fieldsOf(report.bytes, "bytes");
  const segments = fieldsOf(report.segments, "segments");
  return {
    stream: streamOf(report.stream),
    session: sessionOf(report.session),
    sequence: integer(report, "sequence", LIMITS.sequence),
    cohort: cohortOf(report.cohort),
    bytes: {
      fromPeers: integer(bytes, "bytes.fromPeers", BYTES),
      fromOrigin: integer(bytes, "bytes.fromOrigin", BYTES),
      uploaded: integer(bytes, "bytes.uploaded", BYTES),
      rejected: integer(bytes, "bytes.rejected", BYTES),
      wastedFromPeers: integer(bytes, "bytes.wastedFromPeers", BYTES),
      wastedFromOrigin: integer(bytes, "bytes.wastedFromOrigin", BYTES),
      unverified: integer(bytes, "bytes.unverified", BYTES),
    },
    segments: {
      fromPeers: integer(segments, "segments.fromPeers", COUNT),
      fromOrigin: integer(segments, "segments.fromOrigin", COUNT),
    },
    playedS: number(report, "playedS", LIMITS.playedS),
    stalls: integer(report, "stalls", LIMITS.stalls),
    stalledS: number(report, "stalledS", LIMITS.stalledS),
    levelSwitches: integer(report, "levelSwitches", LIMITS.levelSwitches),
    ...(report.bitrate !== undefined && { bitrate: integer(report, "bitrate", LIMITS.bitrate) }),
    ...(report.startupMs !== undefined && { startupMs: number(report, "startupMs", LIMITS.startupMs) }),
    ...(report.latencyS !== undefined && { latencyS: number(report, "latencyS", LIMITS.latencyS) }),
    peersConnected: integer(report, "peersConnected", LIMITS.peersConnected),
    peersRefused: integer(report, "peersRefused", LIMITS.peersRefused),
    integrity: integrityOf(report.integrity),
  };
}

/** @throws {ParseError} */
export function sessionOf(value: unknown): string {
  if (typeof value === "string" && SESSION.test(value)) return value;
  throw new ParseError(`session: expected 8 to 64 letters, digits, "_" or "-", got ${describe(value)}`);
}

/** @throws {ParseError} naming `where`. */
export function cohortOf(value: unknown, where = "cohort"): Cohort {
  const cohort = COHORTS.find((name) => name === value);
  if (cohort) return cohort;
  throw new ParseError(`${where}: expected one of ${COHORTS.join(", ")}, got ${describe(value)}`);
}

function integrityOf(value: unknown): ReportedIntegrity {
  const integrity = fieldsOf(value, "integrity");
  const peers = listOf(integrity, "integrity.peers", MAX_REPORTED_PEERS);
  return {
    failures: integer(integrity, "integrity.failures", COUNT),
    peers: peers.map((entry, index) => polluterOf(entry, `integrity.peers[${index}]`)),
  };
}

function polluterOf(value: unknown, where: string): Polluter {
  const fields = fieldsOf(value, where);
  const { peer } = fields;
  if (typeof peer !== "string" || !isReportablePeer(peer)) {
    const expected = `${PEER_ID_LENGTH} printable ASCII characters`;
    throw new ParseError(`${where}.peer: expected ${expected}, got ${describe(peer)}`);
  }
  return { peer, segments: integer(fields, `${where}.segments`, COUNT) };
}

function cut(value: number, most: number): number {
  return value > 0 ? Math.min(value, most) : 0;
}

function whole(value: number, most: number): number {
  return Math.round(cut(value, most));
}

function wholes<Name extends string>(
  values: Readonly<Record<Name, number>>,
  limits: Readonly<Record<Name, number>>,
): Record<Name, number> {
  const names = Object.keys(limits) as Name[];
  return Object.fromEntries(names.map((name) => [name, whole(values[name], limits[name])])) as Record<
    Name,
    number
  >;
}

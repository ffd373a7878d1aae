import { percentile } from "../bench/statistics.js";
import type { Shaping } from "../links/shaping.js";
import type { Scenario } from "../scenario/scenario.js";
import {
  type Distributions,
  type EngineName,
  type LoadResult,
  ResultError,
  type Timeline,
} from "./result.js";

/** What an engine has seen of one viewer's session. */
export interface SessionRecord {
  readonly startupMs: number | undefined;
  readonly playedMs: number;
  readonly stalls: number;
  readonly stalledMs: number;
  readonly loadedBytes: number;
  readonly peerBytes: number;
  readonly uploadedBytes: number;
  readonly mayUpload: boolean;
  /** Of its uplink over the session, in bytes; `undefined` where it is not known. */
  readonly uplinkBytes: number | undefined;
  readonly meanPeers: number;
  readonly latencyS: number | undefined;
  readonly hasFailed: boolean;
}

/** One segment of one rendition that the origin has sent. */
export interface SegmentRecord {
  readonly bytes: number;
  /** When each complete copy was sent, in seconds from the run's start. */
  readonly copiesAtS: readonly number[];
}

/** All that an engine has seen; everything in a result follows from it. */
export interface Observations {
  readonly engine: EngineName;
  readonly scenario: Scenario;
  readonly isPartial: boolean;
  readonly ranS: number;
  readonly sessions: Iterable<SessionRecord>;
  readonly timeline: Timeline;
  readonly originBytes: number;
  /** Bytes from peers that were thrown away. */
  readonly discardedBytes: number;
  /** `undefined` where the origin does not tell. */
  readonly segments: Iterable<SegmentRecord> | undefined;
  readonly connections: { readonly tried: number; readonly failed: number } | undefined;
  readonly peerBytesByNearness: Readonly<Record<string, number>>;
  readonly heldUpMs: number | null;
  /** Of real viewers. */
  readonly shaping?: Shaping;
}

const QUANTILES = 100;

export function resultOf(seen: Observations): LoadResult {
  const { scenario, ranS, timeline } = seen;
  const sessions = [...seen.sessions];
  if (sessions.length === 0) throw new ResultError("no viewer came: there is nothing to report");
  const sum = (of: (session: SessionRecord) => number) =>
    sessions.reduce((total, session) => total + of(session), 0);
  const loadedBytes = sum((session) => session.loadedBytes);
  const peerBytes = sum((session) => session.peerBytes);
  const stalledMs = sum((session) => session.stalledMs);
  const playedMs = sum((session) => session.playedMs);
  const startups = sorted(sessions.flatMap(({ startupMs }) => startupMs ?? []));
  const uploads = sessions.filter(({ mayUpload }) => mayUpload).map(({ uploadedBytes }) => uploadedBytes);
  const uploadedBytes = sum((session) => session.uploadedBytes);
  const latencies = sessions.flatMap(({ latencyS }) => latencyS ?? []);
  const segments = [...(seen.segments ?? [])]
    .filter(({ copiesAtS }) => copiesAtS.length > 0)
    .map(({ bytes, copiesAtS }) => ({ bytes, copies: copiesAtS.length, firstS: smallest(copiesAtS) }))
    .sort((a, b) => a.firstS - b.firstS);
  const { fromS, untilS } = steadySpan(scenario, ranS);
  const settled = segments
    .filter(({ firstS }) => firstS > fromS && firstS <= untilS)
    .map(({ copies }) => copies);
  const distinctBytes = segments.reduce((total, { bytes }) => total + bytes, 0);
  const perGB = scenario.price.perGB / 1e9;
  const peakViewers = timeline.viewers.reduce((most, count) => Math.max(most, count), 0);
  return {
    format: "nearcast-loadtest/1",
    engine: seen.engine,
    scenario,
    isPartial: seen.isPartial,
    ranS,
    figures: {
      sessions: sessions.length,
      peakViewers,
      failedSessions: sessions.filter(({ hasFailed }) => hasFailed).length,
      loadedBytes,
      originBytes: seen.originBytes,
      peerBytes,
      uploadedBytes,
      offload: loadedBytes > 0 ? 1 - seen.originBytes / loadedBytes : 0,
      offloadLimit: seen.segments ? limitOf(distinctBytes, loadedBytes) : null,
      residualMbps: ranS > 0 ? (seen.originBytes * 8) / 1e6 / ranS : 0,
      residualPeakMbps: peakMbps(timeline, (index) => timeline.originBytes[index] ?? 0),
      withoutPeersPeakMbps: peakMbps(
        timeline,
        (index) => (timeline.originBytes[index] ?? 0) + (timeline.peerBytes[index] ?? 0),
      ),
      waste:
        loadedBytes > 0
          ? Math.max(0, seen.originBytes + peerBytes + seen.discardedBytes - loadedBytes) / loadedBytes
          : 0,
      copiesMean: meanOf(settled),
      copiesP95: percentile(settled, 0.95),
      startupMedianMs: quantile(startups, 0.5),
      startupP95Ms: quantile(startups, 0.95),
      stalls: sum((session) => session.stalls),
      stalledS: stalledMs / 1000,
      stallRatio: playedMs + stalledMs > 0 ? stalledMs / (playedMs + stalledMs) : 0,
      stalledSessionsShare: sessions.filter(({ stalls }) => stalls > 0).length / sessions.length,
      meanKbps: playedMs > 0 ? (loadedBytes * 8) / playedMs : 0,
      latencyS: meanOf(latencies),
      peersMean: sum(({ meanPeers }) => meanPeers) / sessions.length,
      connectFailures:
        seen.connections && seen.connections.tried > 0
          ? seen.connections.failed / seen.connections.tried
          : null,
      uploadSpread: uploadedBytes > 0 ? largest(uploads) / (meanOf(uploads) ?? 1) : null,
      cost: seen.originBytes * perGB,
      costWithoutPeers: loadedBytes * perGB,
      heldUpMs: seen.heldUpMs,
    },
    timeline,
    distributions: distributionsOf(sessions, startups),
    copiesPerSegment: segments.map(({ copies }) => copies),
    peerBytesByNearness: seen.peerBytesByNearness,
    shaping: seen.shaping ?? null,
  };
}

function limitOf(distinctBytes: number, loadedBytes: number): number {
  return loadedBytes > 0 ? Math.max(0, 1 - distinctBytes / loadedBytes) : 0;
}

/** Copies are counted of segments that first left the origin within it: after the start and before the end of a run. */
export function steadySpan(
  { durationS, stream, audience }: Scenario,
  ranS: number,
): { fromS: number; untilS: number } {
  const startS = Math.min(20, durationS / 4);
  const spreadS =
    stream.kind === "live"
      ? stream.latencySegments * stream.segmentS
      : Math.min(audience.overS, durationS / 2);
  return { fromS: startS, untilS: ranS - spreadS - 4 };
}

function distributionsOf(sessions: readonly SessionRecord[], startups: readonly number[]): Distributions {
  return {
    startupMs: quantiles(startups),
    stalledS: quantiles(sorted(sessions.map(({ stalledMs }) => stalledMs / 1000))),
    uploadRatio: quantiles(
      sorted(
        sessions
          .filter(({ loadedBytes }) => loadedBytes > 0)
          .map(({ uploadedBytes, loadedBytes }) => uploadedBytes / loadedBytes),
      ),
    ),
    uplinkUse: quantiles(
      sorted(
        sessions.flatMap(({ mayUpload, uploadedBytes, uplinkBytes }) =>
          mayUpload && uplinkBytes !== undefined && uplinkBytes > 0 ? uploadedBytes / uplinkBytes : [],
        ),
      ),
    ),
    peers: quantiles(sorted(sessions.map(({ meanPeers }) => meanPeers))),
  };
}

function peakMbps({ stepS, viewers }: Timeline, bytesOf: (index: number) => number): number {
  let most = 0;
  for (let index = 0; index < viewers.length; index++) most = Math.max(most, bytesOf(index));
  return (most * 8) / 1e6 / stepS;
}

function quantiles(ascending: readonly number[]): number[] {
  if (ascending.length === 0) return [];
  return Array.from(
    { length: QUANTILES + 1 },
    (_, index) => quantile(ascending, index / QUANTILES) as number,
  );
}

function quantile(ascending: readonly number[], share: number): number | null {
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))] ?? null;
}

function sorted(numbers: readonly number[]): number[] {
  return Array.from(Float64Array.from(numbers).sort());
}

function meanOf(numbers: readonly number[]): number | null {
  return numbers.length > 0 ? numbers.reduce((total, number) => total + number, 0) / numbers.length : null;
}

function smallest(numbers: readonly number[]): number {
  return numbers.reduce((least, number) => Math.min(least, number), Number.POSITIVE_INFINITY);
}

function largest(numbers: readonly number[]): number {
  return numbers.reduce((most, number) => Math.max(most, number), 0);
}

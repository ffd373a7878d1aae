import { MAX_REPORTED_PEERS, type Report } from "../protocol/index.js";

/** What a report tells, counted since the session began. */
export type ReportTotals = Omit<Report, "stream" | "session" | "sequence" | "cohort" | "bitrate"> & {
  /** Seconds of media in what was played, for the mean bitrate. */
  readonly mediaS: number;
};

type Difference = Omit<Report, "stream" | "session" | "sequence" | "cohort">;

/** What has come between two looks at a session. */
export function difference(now: ReportTotals, before: ReportTotals | undefined): Difference {
  const bytes = minus(now.bytes, before?.bytes);
  const mediaS = now.mediaS - (before?.mediaS ?? 0);
  const startupMs = before?.startupMs === undefined ? now.startupMs : undefined;
  return {
    bytes,
    segments: minus(now.segments, before?.segments),
    playedS: now.playedS - (before?.playedS ?? 0),
    stalls: now.stalls - (before?.stalls ?? 0),
    stalledS: now.stalledS - (before?.stalledS ?? 0),
    levelSwitches: now.levelSwitches - (before?.levelSwitches ?? 0),
    ...(mediaS > 0 && { bitrate: ((bytes.fromPeers + bytes.fromOrigin) * 8) / mediaS }),
    ...(startupMs !== undefined && { startupMs }),
    ...(now.latencyS !== undefined && { latencyS: now.latencyS }),
    peersConnected: now.peersConnected,
    peersRefused: now.peersRefused - (before?.peersRefused ?? 0),
    integrity: {
      failures: now.integrity.failures - (before?.integrity.failures ?? 0),
      peers: newPolluters(now, before),
    },
  };
}

/** Those that do not fit are named in no report, though their segments are counted in `failures`. */
function newPolluters(now: ReportTotals, before: ReportTotals | undefined): Report["integrity"]["peers"] {
  const known = new Map(before?.integrity.peers.map(({ peer, segments }) => [peer, segments]));
  return now.integrity.peers
    .map(({ peer, segments }) => ({ peer, segments: segments - (known.get(peer) ?? 0) }))
    .filter(({ segments }) => segments > 0)
    .slice(0, MAX_REPORTED_PEERS);
}

function minus<Name extends string>(
  now: Readonly<Record<Name, number>>,
  before: Readonly<Record<Name, number>> | undefined,
): Record<Name, number> {
  const names = Object.keys(now) as Name[];
  return Object.fromEntries(names.map((name) => [name, now[name] - (before?.[name] ?? 0)])) as Record<
    Name,
    number
  >;
}

import { encodeReport, parseStreamName, type Report } from "../../player/protocol/index.js";

/** A report of ten seconds, with what a test wants to be different. */
export function reportOf(session: string, more: Partial<Report> = {}): Report {
  return {
    stream: parseStreamName("news"),
    session,
    sequence: 0,
    cohort: "p2p",
    bytes: {
      fromPeers: 3_000_000,
      fromOrigin: 1_000_000,
      uploaded: 3_000_000,
      rejected: 0,
      wastedFromPeers: 0,
      wastedFromOrigin: 0,
      unverified: 0,
    },
    segments: { fromPeers: 3, fromOrigin: 1 },
    playedS: 10,
    stalls: 0,
    stalledS: 0,
    levelSwitches: 0,
    peersConnected: 2,
    peersRefused: 0,
    integrity: { failures: 0, peers: [] },
    ...more,
  };
}

/** Posts a report as players do; `from` as a trusted proxy would say it. */
export function postReport(
  base: string,
  report: Report | string,
  from?: string,
  token?: string,
): Promise<Response> {
  return fetch(new URL("/reports", base), {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      ...(from !== undefined && { "X-Forwarded-For": from }),
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
    },
    body: typeof report === "string" ? report : encodeReport(report),
  });
}

import type { LiveMessage, OriginStatus, StreamRow } from "../../tracker/live/feed.js";

/** What the page says of a stream's traffic; `undefined` where it cannot be said. */
export interface StreamFigures {
  /** Bytes per second. */
  readonly played: number | undefined;
  readonly reported: number | undefined;
  readonly implied: number | undefined;
  /** Reported less implied. */
  readonly difference: number | undefined;
  /** Bytes per second that the origin still sends. */
  readonly residual: number | undefined;
  readonly residualBy: "origin" | "players";
}

export function figuresOf({ rates, lastReportAgoS }: StreamRow): StreamFigures {
  // Without reports nothing is known but what the origin itself has counted.
  if (rates === null || (lastReportAgoS === null && rates.originSent === null)) {
    return {
      played: undefined,
      reported: undefined,
      implied: undefined,
      difference: undefined,
      residual: undefined,
      residualBy: "players",
    };
  }
  const { fromPeers, fromOrigin, wastedFromOrigin, originSent } = rates;
  const played = lastReportAgoS === null ? undefined : fromPeers + fromOrigin;
  // Nothing played has no share.
  const isPlayed = played !== undefined && played > 0;
  const reported = isPlayed ? fromPeers / played : undefined;
  const implied = isPlayed && originSent !== null ? 1 - originSent / played : undefined;
  return {
    played,
    reported,
    implied,
    difference: reported !== undefined && implied !== undefined ? reported - implied : undefined,
    residual: originSent ?? fromOrigin + wastedFromOrigin,
    residualBy: originSent === null ? "players" : "origin",
  };
}

/** Why there is no figure by the origin's count. */
export function whyNotImplied(origin: OriginStatus): string {
  switch (origin.state) {
    case "unknown":
      return "Not known: the tracker was started without --origin-metrics";
    case "failing":
      return `Not known: ${origin.because}`;
    case "answering":
      return "Not known yet";
  }
}

/** The row that is looked at; `undefined` where the tracker knows no such stream. */
export function rowOf({ all, streams }: LiveMessage, stream: string | undefined): StreamRow | undefined {
  return stream === undefined ? all : streams.find((row) => row.stream === stream);
}

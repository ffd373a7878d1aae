// What the live page is told. Nothing is imported but types: the page takes these from here.
import type { Cohort } from "../../player/protocol/index.js";
import type { Tier } from "../nearness/place.js";
import type { Totals } from "../reports/tally.js";

/** Raised when a page of an earlier version would misread what it is told. */
export const FEED_FORMAT = 2;

/**
 * One message of `GET /live/events`. Points of time are told as ages, so that nothing depends on the clocks of the tracker
 * and of whoever looks at the page.
 */
export interface LiveMessage {
  readonly format: number;
  /** Of the tracker's process: another one means that everything was counted from zero again. */
  readonly run: string;
  readonly uptimeS: number;
  /** How often players report, which is how much later their counts are than the origin's. */
  readonly reportIntervalS: number;
  /** What rates are the mean of. */
  readonly windowS: number;
  /** What `recent` of {@link RecentCount} covers. */
  readonly recentS: number;
  readonly tracker: {
    readonly sockets: number;
    readonly socketLimit: number;
    /** Over all swarms; a viewer counts once for each rendition it is in. */
    readonly peers: number;
    readonly swarms: number;
  };
  /** Where trackers share a service, counts are of all of them; `null` where this one is by itself. */
  readonly service: Service | null;
  readonly origin: OriginStatus;
  readonly all: StreamRow;
  /** Those with most viewers, and the one that is looked at. */
  readonly streams: readonly StreamRow[];
  /** How many there are in all. */
  readonly streamCount: number;
  /** Connections of viewers that do not say which stream they watch. */
  readonly unnamed: number;
  /** Of the stream that is looked at, or of all: sums of reports since the tracker started. */
  readonly cohorts: Readonly<Record<Cohort, Totals>>;
  readonly history: History;
  readonly introductions: readonly RecentCount[];
  readonly refusals: readonly RecentCount[];
  /** Reports by what was made of them. */
  readonly reports: readonly RecentCount[];
}

export interface Service {
  /** Without Redis the other trackers are not heard of, and counts are of this one alone. */
  readonly isUp: boolean;
  /** The one that is asked comes first. */
  readonly trackers: readonly TrackerRow[];
}

export interface TrackerRow {
  /** As players see it. */
  readonly url: string;
  /** It is about to stop. */
  readonly isDraining: boolean;
  readonly viewers: number;
  /** `null` where a tracker of another version does not tell. */
  readonly load: { readonly sockets: number; readonly socketLimit: number; readonly uptimeS: number } | null;
}

export type OriginStatus =
  /** The tracker was not told where to ask. */
  | { readonly state: "unknown" }
  | { readonly state: "answering" }
  | { readonly state: "failing"; readonly because: string };

export interface StreamRow {
  /** Absent for all streams together. */
  readonly stream?: string;
  /** Sessions that have joined or reported lately, at all trackers. */
  readonly viewers: number;
  /** Connections at this tracker. */
  readonly connected: number;
  /** `null` where none was heard of. */
  readonly lastReportAgoS: number | null;
  /** `null` before there is enough to take the mean of. */
  readonly rates: Rates | null;
}

/** Bytes per second. */
export interface Rates {
  /** Played. */
  readonly fromPeers: number;
  /** Played. */
  readonly fromOrigin: number;
  /** Fetched and never played. */
  readonly wastedFromOrigin: number;
  /** Media that the origin has sent by its own count; `null` where that is not known. */
  readonly originSent: number | null;
}

/** Bytes in equal stretches of time, oldest first: all that are remembered in the first message, then what is new. */
export interface History {
  /** What it is about; absent: all streams. */
  readonly stream?: string;
  readonly stepS: number;
  /** How long ago the last of them ended. */
  readonly endedAgoS: number;
  readonly fromPeers: readonly number[];
  readonly fromOrigin: readonly number[];
  readonly wastedFromOrigin: readonly number[];
  readonly originSent: readonly (number | null)[];
}

export interface RecentCount {
  readonly name: string;
  readonly recent: number;
  readonly total: number;
  /** `null` where it has not happened. */
  readonly lastAgoS: number | null;
}

/** `GET /live/swarm`: viewers of one stream, and whom the tracker has introduced to whom. */
export interface SwarmPicture {
  /** Absent: viewers that do not name their stream. */
  readonly stream?: string;
  /** Connected; the picture may show fewer. */
  readonly viewers: number;
  /** That they are connected to. */
  readonly trackers: number;
  /** Renditions and audio tracks. */
  readonly swarms: number;
  /** Where the viewers are, most viewers first. */
  readonly networks: readonly { readonly name: string; readonly viewers: number }[];
  /** Viewers in networks that are not listed. */
  readonly elsewhere: number;
  readonly nodes: readonly PicturedViewer[];
  /** Introductions between those in the picture that both of them remember, the latest 32 of each. */
  readonly edges: readonly { readonly from: number; readonly to: number; readonly tier: Tier }[];
}

export interface PicturedViewer {
  /** Number of the connection; where they are at several trackers, after a number for the tracker. */
  readonly id: string;
  /** Index in `networks`, -1 for one that is not listed. */
  readonly network: number;
  /** Whether it says that it may upload. */
  readonly mayUpload: boolean;
  /** Only where addresses were asked for. IPv6 to the /64. */
  readonly address?: string;
}

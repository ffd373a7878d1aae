/** What is played, by whom, over which network. All engines meet the same. */
export interface Scenario {
  readonly about: string;
  /** `vod` has segments of 4 s, `live` of 2 s; `sample` is the embedded one with three renditions, live. */
  readonly programme: "vod" | "live" | "sample";
  /** hls.js' `liveSyncDurationCount`: distance to the live edge in segments. */
  readonly latencySegments?: number;
  /** Time between one viewer and the next. */
  readonly joinEveryMs: number;
  /** Each join is moved by a random time up to this, so that viewers differ in phase as real ones do. */
  readonly joinJitterMs: number;
  /** Uplinks as multiples of the bitrate, which viewers take in turn; without it nothing is limited. */
  readonly uplinks?: readonly number[];
  /** The same for downlinks. */
  readonly downlinks?: readonly number[];
  /** One viewer goes without notice and another one comes, this often. */
  readonly turnoverEveryMs?: number;
}

const LIVE = { programme: "live", joinEveryMs: 1_000, joinJitterMs: 2_000 } as const;

export const SCENARIOS = {
  vod: {
    about: "on demand, 4 s segments, joins 2 s apart",
    programme: "vod",
    joinEveryMs: 2_000,
    joinJitterMs: 0,
  },
  live6: { ...LIVE, about: "live, 2 s segments, 6 s latency", latencySegments: 3 },
  live18: { ...LIVE, about: "live, 2 s segments, 18 s latency", latencySegments: 9 },
  abr: {
    ...LIVE,
    about: "live, 6 s latency, three renditions",
    programme: "sample",
    latencySegments: 3,
  },
  uplinks18: {
    ...LIVE,
    about: "live, 18 s latency, each uplink 2.3 x the bitrate",
    latencySegments: 9,
    uplinks: [2.3],
  },
  uplinks8: {
    ...LIVE,
    about: "live, 8 s latency, each uplink 2.3 x the bitrate",
    latencySegments: 4,
    uplinks: [2.3],
  },
  uneven18: {
    ...LIVE,
    about: "live, 18 s latency, every other uplink 1.2 x and 5 x the bitrate",
    latencySegments: 9,
    uplinks: [1.2, 5],
  },
  narrow8: {
    ...LIVE,
    about: "live, 8 s latency, each uplink 0.4 x the bitrate: nothing to gain, and nothing to lose",
    latencySegments: 4,
    uplinks: [0.4],
  },
  downlinks: {
    ...LIVE,
    about: "live, 8 s latency, every other downlink 1.4 x the bitrate, all uplinks 2.3 x",
    latencySegments: 4,
    uplinks: [2.3],
    downlinks: [1.4, 20],
  },
  churn6: {
    ...LIVE,
    about: "live, 6 s latency, every 10 s one viewer crashes and one joins",
    latencySegments: 3,
    turnoverEveryMs: 10_000,
  },
} satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof SCENARIOS;
export const SCENARIO_NAMES = Object.keys(SCENARIOS) as ScenarioName[];

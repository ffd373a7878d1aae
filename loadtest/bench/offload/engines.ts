import type { ViewerOrder } from "../../browsers/page/snapshot.js";
import { SCENARIOS, type Scenario, type ScenarioName } from "./scenarios.js";

/** Which player it is, and how it is set up for a scenario. */
export type Setup = Pick<ViewerOrder, "engine" | "hls" | "nearcast" | "stock">;

export interface Engine {
  readonly about: string;
  setup(scenario: ScenarioName): Setup;
}

/** Without STUN: the addresses of this machine are all there is, and nobody outside of it shall be asked. */
const NO_ICE_SERVERS = { iceServers: [] };

/**
 * PML keeps the very buffers that hls.js hands to its worker, which empties them: peers would then be served nothing.
 * So PML runs as with hls.js' ES module, which has no worker.
 */
const FOR_PML = { enableWorker: false };

export const ENGINES = {
  plain: {
    about: "hls.js alone",
    setup: (scenario) => ({ engine: "plain", hls: latency(scenario) }),
  },
  stock: {
    about: "p2p-media-loader-hlsjs with its defaults",
    setup: (scenario) => ({
      engine: "stock",
      // Left alone, PML itself moves a player with this window to 18 s behind the edge.
      hls: { ...FOR_PML, ...(latencySegments(scenario) === 9 ? {} : latency(scenario)) },
    }),
  },
  tuned: {
    about: "p2p-media-loader-hlsjs with the best settings found for each scenario",
    setup: (scenario) => ({
      engine: "stock",
      hls: { ...FOR_PML, ...latency(scenario) },
      stock: TUNED[scenario],
    }),
  },
  nearcast: {
    about: "Nearcast with its defaults",
    setup: (scenario) => ({ engine: "nearcast", hls: latency(scenario), nearcast: NO_ICE_SERVERS }),
  },
} satisfies Record<string, Engine>;

export type EngineName = keyof typeof ENGINES;
export const ENGINE_NAMES = Object.keys(ENGINES) as EngineName[];

const NARROW_UPLINKS_8_S = {
  highDemandTimeWindow: 2,
  httpDownloadTimeWindow: 6,
  p2pNotReceivingBytesTimeoutMs: 20_000,
};
const NARROW_UPLINKS = {
  highDemandTimeWindow: 3,
  httpDownloadTimeWindow: 14,
  p2pNotReceivingBytesTimeoutMs: 20_000,
};

/** Options of PML's core, in seconds where they end in `Window`. */
export const TUNED: Record<ScenarioName, Record<string, number>> = {
  vod: { highDemandTimeWindow: 4 },
  live6: { highDemandTimeWindow: 1 },
  live18: { highDemandTimeWindow: 2, httpDownloadTimeWindow: 10 },
  abr: { highDemandTimeWindow: 1 },
  uplinks18: NARROW_UPLINKS,
  uplinks8: NARROW_UPLINKS_8_S,
  uneven18: NARROW_UPLINKS,
  narrow8: NARROW_UPLINKS_8_S,
  downlinks: NARROW_UPLINKS_8_S,
  churn6: { highDemandTimeWindow: 1 },
};

function latency(scenario: ScenarioName): Record<string, number> {
  const segments = latencySegments(scenario);
  return segments === undefined ? {} : { liveSyncDurationCount: segments };
}

function latencySegments(name: ScenarioName): number | undefined {
  const scenario: Scenario = SCENARIOS[name];
  return scenario.latencySegments;
}

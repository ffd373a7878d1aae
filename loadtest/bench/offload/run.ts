import { setTimeout as sleep } from "node:timers/promises";
import { startStack } from "../../../demo/stack.js";
import { AccessLog } from "../../browsers/access-log.js";
import { holdViewer } from "../../browsers/viewer.js";
import { serveViewerPages } from "../../browsers/viewer-pages.js";
import { BenchError } from "../bench-error.js";
import { CpuMeter, machineBusyMs } from "../cpu.js";
import { type Links, openLinks } from "../links.js";
import { MachineUse } from "../machine-use.js";
import { seededRandom } from "../random.js";
import { Audience, type AudienceMoment } from "./audience.js";
import { openBrowsers } from "./browsers.js";
import { ENGINES } from "./engines.js";
import { joinTimes } from "./joins.js";
import { measure, type OffloadFigures } from "./measure.js";
import type { PlannedRun } from "./plan.js";
import { openProgramme, type Programme } from "./programmes.js";
import { SCENARIOS, type Scenario } from "./scenarios.js";
import type { ViewerFigures } from "./viewer-record.js";

/** One run and what it came to: an element of the list that `--json` writes. */
export interface OffloadRun extends PlannedRun {
  readonly viewers: number;
  readonly seconds: number;
  /** It was interrupted, so it has no part in medians. */
  readonly isPartial: boolean;
  readonly chromium: string;
  readonly figures: OffloadFigures;
  readonly perViewer: readonly ViewerFigures[];
}

export interface RunSize {
  readonly viewers: number;
  readonly seconds: number;
}

const STREAM = "bench";

/** All live segments last 2 s and begin at a multiple of it on the wall clock. */
const LIVE_SEGMENT_MS = 2_000;

/** Segments that first leave the origin in this time belong to the start; from the run's start, not the last join. */
const START_MS = 20_000;

/** After its join a viewer is counted as starting for so long. */
const JOINING_MS = 2_000;

/** For requests that come late, of segments that all must have asked for. */
const LATE_MS = 4_000;

/**
 * Plays one scenario with one engine, on servers, browsers and a network of its own.
 *
 * @param signal ends it early; what was seen until then is the result.
 */
export async function runOffload(
  planned: PlannedRun,
  size: RunSize,
  onLook: (moment: AudienceMoment) => void,
  signal: AbortSignal,
): Promise<OffloadRun> {
  const scenario: Scenario = SCENARIOS[planned.scenario];
  const programme = await openProgramme(scenario.programme, size.seconds);
  using links = openScenarioLinks(scenario, programme, size.viewers);
  const log = new AccessLog();
  await using stack = await startStack({
    ...(links && { host: links.host }),
    originPort: 0,
    trackerPort: 0,
    streams: { [STREAM]: programme.stream },
    onServed: log.add,
    routes: serveViewerPages,
  });
  await using browsers = await openBrowsers(links, size.viewers, stack.url);
  const url = browsers.name.of(stack.url);

  // All engines of a round meet the same audience, at the same phase of the live segments.
  const random = seededRandom(planned.round);
  const joinsMs = joinTimes(size.viewers, scenario, random);
  const audience = new Audience({
    joinsMs,
    turnoverEveryMs: scenario.turnoverEveryMs,
    random,
    topHeight: programme.topHeight,
    hold: (seat) =>
      holdViewer(browsers.of(seat), url, {
        ...ENGINES[planned.engine].setup(planned.scenario),
        src: `${url}/hls/${STREAM}/master.m3u8`,
        tracker: browsers.name.of(stack.trackerUrl),
        stream: STREAM,
      }),
  });
  await audience.prepare();
  await sleep(LIVE_SEGMENT_MS - (Date.now() % LIVE_SEGMENT_MS));
  const startedAtMs = Date.now();
  const cpu = new CpuMeter();
  const use = new MachineUse();
  const perViewer = await audience.watch(
    size.seconds * 1000,
    (moment) => {
      cpu.look();
      use.look(moment.elapsedMs, machineBusyMs());
      onLook(moment);
    },
    signal,
  );
  const { segmentBytes } = log.totals(STREAM);
  return {
    ...planned,
    ...size,
    isPartial: signal.aborted,
    chromium: browsers.version,
    figures: measure({
      viewers: perViewer,
      seats: size.viewers,
      origin: { segmentBytes, copyTimes: log.copyTimes(STREAM) },
      steady: { fromMs: startedAtMs + START_MS, untilMs: Date.now() - settlingMs(scenario, joinsMs) },
      cores: { ...cpu.cores, joining: joiningCores(use, joinsMs) },
    }),
    perViewer,
  };
}

function openScenarioLinks(
  { uplinks, downlinks }: Scenario,
  { bitsPerSecond }: Programme,
  viewers: number,
): Links | undefined {
  if (!uplinks && !downlinks) return undefined;
  if (bitsPerSecond === undefined) throw new BenchError("Limited links need a programme of one bitrate.");
  const limit = (factors: readonly number[] | undefined, seat: number) => {
    const factor = factors?.[seat % factors.length];
    return factor === undefined ? undefined : factor * bitsPerSecond;
  };
  return openLinks(
    Array.from({ length: viewers }, (_, seat) => ({
      uplink: limit(uplinks, seat),
      downlink: limit(downlinks, seat),
    })),
  );
}

function joiningCores(use: MachineUse, joinsMs: readonly number[]): number | null {
  const halfMs = joinsMs[Math.floor(joinsMs.length / 2)] ?? 0;
  return use.coresBetween(halfMs, (joinsMs.at(-1) ?? 0) + JOINING_MS);
}

/** After this, everybody has had to ask for a segment that was asked for once: it was played, or its turn was near. */
function settlingMs({ latencySegments }: Scenario, joinsMs: readonly number[]): number {
  const spreadMs = latencySegments === undefined ? (joinsMs.at(-1) ?? 0) : latencySegments * LIVE_SEGMENT_MS;
  return spreadMs + LATE_MS;
}

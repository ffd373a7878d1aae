import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { build as buildHistogram, type Histogram } from "hdr-histogram-js";
import { BenchError } from "../bench/bench-error.js";
import { parseProcessUsage, TICKS_PER_SECOND } from "../bench/cpu.js";
import { Announcer } from "./announcer.js";

export interface TrackerLoad {
  readonly url: string;
  readonly sockets: number;
  readonly swarmSize: number;
  readonly offers: number;
  readonly announcesPerSecond: number;
  readonly seconds: number;
  readonly sdpBytes: number;
  /** The tracker's process, if it is on this machine. */
  readonly pid: number | undefined;
}

/** What a tracker did under load; `null` for what cannot be known from here. */
export interface TrackerResult {
  readonly format: "nearcast-loadtest-tracker/1";
  readonly load: Omit<TrackerLoad, "pid">;
  readonly isPartial: boolean;
  readonly connected: number;
  readonly connectFailures: number;
  /** Closed by the tracker during the run. */
  readonly lost: number;
  readonly announcesSent: number;
  readonly announcesAnswered: number;
  readonly announcesPerSecond: number;
  readonly offersAnswered: number;
  /** From an offer's announce to its answer, through the tracker twice. */
  readonly relayMs: Readonly<Record<"p50" | "p90" | "p99" | "p999" | "max", number>> | null;
  /** By what the tracker said. */
  readonly refusals: Readonly<Record<string, number>>;
  readonly trackerCpuMsPerAnnounce: number | null;
  readonly trackerResidentMiB: number | null;
}

const OPENED_AT_ONCE = 50;
const TICK_MS = 10;
/** For what is under way when the last announce was sent. */
const SETTLE_MS = 1_500;
const MOST_REASONS = 20;

/**
 * @param signal ends it early; what was seen until then is the result.
 * @throws {BenchError} where nobody could connect.
 */
export async function loadTracker(load: TrackerLoad, signal: AbortSignal): Promise<TrackerResult> {
  const { pid, ...rest } = load;
  // Microseconds, up to a minute, three digits.
  const relay = buildHistogram({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 60_000_000,
    numberOfSignificantValueDigits: 3,
  });
  const refusals = new Map<string, number>();
  const counts = { failures: 0, lost: 0, sent: 0, answered: 0 };
  const viewers: Announcer[] = [];
  let failure: string | undefined;
  for (let from = 0; from < load.sockets && !signal.aborted; from += OPENED_AT_ONCE) {
    const opening = Array.from({ length: Math.min(OPENED_AT_ONCE, load.sockets - from) }, (_, index) =>
      open(load, from + index, relay, refusals, counts),
    );
    const opened = await Promise.allSettled(opening);
    for (const result of opened) {
      if (result.status === "fulfilled") viewers.push(result.value);
      else {
        counts.failures++;
        failure ??= (result.reason as Error).message;
      }
    }
  }
  if (viewers.length === 0 && failure !== undefined) {
    throw new BenchError(`no connection to ${load.url}: ${failure}`);
  }
  for (const viewer of viewers) viewer.announce(0, "started");
  await sleep(SETTLE_MS, undefined, { signal }).catch(() => {});
  counts.answered = 0;

  const before = pid === undefined ? undefined : usageOf(pid);
  const startedAtMs = performance.now();
  const elapsedS = () => (performance.now() - startedAtMs) / 1000;
  while (viewers.length > 0 && !signal.aborted && elapsedS() < load.seconds) {
    const due = Math.floor(elapsedS() * load.announcesPerSecond);
    while (counts.sent < due) viewers[counts.sent++ % viewers.length]?.announce(load.offers);
    await sleep(TICK_MS, undefined, { signal }).catch(() => {});
  }
  const ranS = elapsedS();
  await sleep(SETTLE_MS, undefined, { signal }).catch(() => {});
  const after = pid === undefined ? undefined : usageOf(pid);
  const lost = counts.lost;
  for (const viewer of viewers) viewer.close();
  return {
    format: "nearcast-loadtest-tracker/1",
    load: rest,
    isPartial: signal.aborted,
    connected: viewers.length,
    connectFailures: counts.failures,
    lost,
    announcesSent: counts.sent,
    announcesAnswered: counts.answered,
    announcesPerSecond: ranS > 0 ? counts.answered / ranS : 0,
    offersAnswered: relay.totalCount,
    relayMs: relay.totalCount > 0 ? percentilesOf(relay) : null,
    refusals: Object.fromEntries(refusals),
    trackerCpuMsPerAnnounce:
      before && after && counts.answered > 0 ? (after.cpuMs - before.cpuMs) / counts.answered : null,
    trackerResidentMiB: after ? after.residentMiB : null,
  };
}

async function open(
  load: TrackerLoad,
  number: number,
  relay: Histogram,
  refusals: Map<string, number>,
  counts: { lost: number; answered: number },
): Promise<Announcer> {
  const viewer = new Announcer({
    url: load.url,
    infoHash: `nc-load-swarm-${String(Math.floor(number / load.swarmSize)).padStart(6, "0")}`,
    peerId: `-NC1S-load-${String(number).padStart(9, "0")}`,
    sdpBytes: load.sdpBytes,
    onAnswered: (latencyMs) => relay.recordValue(Math.max(1, Math.round(latencyMs * 1000))),
    onAnnounced: () => {
      counts.answered++;
    },
    onRefused: (reason) => {
      const key = refusals.has(reason) || refusals.size < MOST_REASONS ? reason.slice(0, 120) : "other";
      refusals.set(key, (refusals.get(key) ?? 0) + 1);
    },
    onLost: () => {
      counts.lost++;
    },
  });
  await viewer.opened();
  return viewer;
}

function percentilesOf(relay: Histogram) {
  const at = (percentile: number) => relay.getValueAtPercentile(percentile) / 1000;
  return { p50: at(50), p90: at(90), p99: at(99), p999: at(99.9), max: relay.maxValue / 1000 };
}

function usageOf(pid: number): { cpuMs: number; residentMiB: number } | undefined {
  try {
    const { usedTicks } = parseProcessUsage(readFileSync(`/proc/${pid}/stat`, "utf8"));
    const kib = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return { cpuMs: (usedTicks / TICKS_PER_SECOND) * 1000, residentMiB: Number(kib) / 1024 };
  } catch {
    // Not on Linux, or it has ended.
    return undefined;
  }
}

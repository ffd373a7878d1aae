import Table from "cli-table3";
import { requireWritable, writeOutput } from "../../command-line/output-file.js";
import { Pinned } from "../bench/tracker/pinned.js";
import type { ServerAnswer } from "../bench/tracker/server-process.js";
import { readTrackerFlags, type TrackerFlags } from "./flags.js";
import { loadTracker, type TrackerResult } from "./tracker-load.js";

/** `nearcast-loadtest tracker`. */
export async function trackerCommand(argv: readonly string[]): Promise<void> {
  const read = readTrackerFlags(argv);
  if ("help" in read) {
    process.stdout.write(read.help);
    return;
  }
  const { flags } = read;
  requireWritable("--json", flags.json);
  const interrupt = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(name, () => interrupt.abort());
  const result = await loadAny(flags, interrupt.signal);
  console.log(tableOf(result));
  if (flags.json !== undefined) writeOutput("--json", flags.json, `${JSON.stringify(result)}\n`);
  if (result.isPartial) process.exitCode = 130;
}

async function loadAny(flags: TrackerFlags, signal: AbortSignal): Promise<TrackerResult> {
  const { url, start, pid, json: _json, ...load } = flags;
  if (url !== undefined) return loadTracker({ ...load, url, pid }, signal);
  await using server = Pinned.start("server-process", [start]);
  const { url: started } = await server.ask<ServerAnswer>({ settle: false });
  // Not before it is done: the tracker ends with this function.
  return await loadTracker({ ...load, url: started, pid: server.pid }, signal);
}

function tableOf(result: TrackerResult): string {
  const table = new Table({
    colAligns: ["left", "right"],
    style: { head: [], border: [], compact: true },
  });
  const { relayMs, refusals } = result;
  table.push(
    ["connected, failed, lost", `${result.connected}, ${result.connectFailures}, ${result.lost}`],
    ["announces sent, answered", `${result.announcesSent}, ${result.announcesAnswered}`],
    ["announces/s", result.announcesPerSecond.toFixed(0)],
    ["offers answered", result.offersAnswered],
    [
      "offer to answer p50, p99, max",
      relayMs ? `${relayMs.p50.toFixed(1)}, ${relayMs.p99.toFixed(1)}, ${relayMs.max.toFixed(1)} ms` : "–",
    ],
    ["tracker CPU per announce", unit(result.trackerCpuMsPerAnnounce, 3, "ms")],
    ["tracker memory", unit(result.trackerResidentMiB, 0, "MiB")],
    ...Object.entries(refusals).map(([reason, count]) => [`refused: ${reason}`, count]),
  );
  return table.toString();
}

function unit(value: number | null, digits: number, name: string): string {
  return value === null ? "–" : `${value.toFixed(digits)} ${name}`;
}

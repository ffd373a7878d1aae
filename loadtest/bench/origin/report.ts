import type { Machine } from "../machine.js";
import { median } from "../statistics.js";
import type { Sample } from "./measure.js";
import type { OriginResults } from "./run.js";

/** The results as Markdown. It has no date: it changes when figures do. */
export function renderOriginReport(
  { segments, playlists, memory, live }: OriginResults,
  { command, machine }: { command: string; machine: Machine },
): string {
  const others = [...segments, ...playlists].map(({ othersCores }) => othersCores);
  const change = memory.afterBytes / memory.beforeBytes - 1;
  return `${[
    "# The origin beside nginx",
    `\`\`\`sh\n${command}\n\`\`\``,
    `Both serve the same folder on the same core in turns, wrk runs on the other: ${machine.cores} × ${machine.cpu}, ${machine.memoryGiB} GiB, ${machine.system}, Node ${machine.node}. The origin has integrity and metrics on. Other programs used ${figure(Math.min(...others))} to ${figure(Math.max(...others))} cores meanwhile.`,
    "## Segments of 500 kB",
    table(segments),
    "## Playlists",
    table(playlists),
    "## Memory",
    `Resident after warming up ${megabytes(memory.beforeBytes)} MB, after ${memory.requests} more requests ${megabytes(memory.afterBytes)} MB (${(change * 100).toFixed(1)} %).`,
    "## One live playlist",
    `${live.requests} requests (${live.requestsPerSecond.toFixed(0)} per second), during which the playlist changed about ${live.changes.toFixed(0)} times: rendered and signed ${live.rendered} times.`,
  ].join("\n\n")}\n`;
}

function table(samples: readonly Sample[]): string {
  const of = (server: Sample["server"]) => samples.filter((sample) => sample.server === server);
  const row = (name: string, read: (sample: Sample) => number, digits: number) => {
    const [nginx, nearcast] = [of("nginx"), of("nearcast")].map((own) => median(own.map(read)) ?? Number.NaN);
    // Each round's two measurements are neighbours in time.
    const ratios = of("nearcast").map((own, round) => read(own) / read(of("nginx")[round] ?? own));
    return `| ${name} | ${nginx?.toFixed(digits)} | ${nearcast?.toFixed(digits)} | ${figure(median(ratios) ?? Number.NaN)} |`;
  };
  return [
    `Medians of ${of("nginx").length} rounds; the ratio is the median of the rounds' ratios.`,
    "",
    "|  | nginx | origin | ratio |",
    "| --- | --: | --: | --: |",
    row("requests per second", ({ requestsPerSecond }) => requestsPerSecond, 0),
    row("gigabytes per second", ({ gigabytesPerSecond }) => gigabytesPerSecond, 2),
    row("server's CPU seconds per gigabyte", ({ cpuSecondsPerGigabyte }) => cpuSecondsPerGigabyte, 3),
  ].join("\n");
}

function figure(value: number): string {
  return value.toFixed(2);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}

import type { Machine } from "../machine.js";
import { median } from "../statistics.js";
import type { TrackerBenchLoad, TrackerSample } from "./measure.js";

/** Both engines, one right after the other. */
export interface TrackerRound {
  readonly stock: TrackerSample;
  readonly nearcast: TrackerSample;
}

/** The results as Markdown. It has no date: it changes when figures do. */
export function renderTrackerReport(
  rounds: readonly TrackerRound[],
  {
    command,
    machine,
    load,
  }: { readonly command: string; readonly machine: Machine; readonly load: TrackerBenchLoad },
): string {
  const loads = rounds.flatMap(({ stock, nearcast }) => [stock.machineLoad, nearcast.machineLoad]);
  const row = (name: string, digits: number, read: (sample: TrackerSample) => number | null) => {
    const values = (engine: keyof TrackerRound) => rounds.map((round) => read(round[engine]) ?? Number.NaN);
    const [stock, nearcast] = [values("stock"), values("nearcast")];
    const ratios = nearcast.map((value, round) => value / (stock[round] ?? Number.NaN));
    const cells = [stock, nearcast].map((own) => figure(median(own), digits));
    const spread = `${Math.min(...ratios).toFixed(2)} – ${Math.max(...ratios).toFixed(2)}`;
    return `| ${name} | ${cells.join(" | ")} | ${figure(median(ratios), 2)} | ${spread} |`;
  };
  return [
    "# The tracker beside stock bittorrent-tracker",
    `\`\`\`sh\n${command}\n\`\`\``,
    `${load.sockets} sockets in swarms of ${load.swarm}, ${load.rate} announces a second with ${load.offers} offers each, every offer answered. Both trackers run by turns on one core, all clients on the other: ${machine.cores} × ${machine.cpu}, ${machine.memoryGiB} GiB, ${machine.system}, Node ${machine.node}. Ours has tokens, nearness, limits and metrics on. The system's load average was ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}; where other work shares the cores, times to answer say little.`,
    [
      `Medians of ${rounds.length} rounds of ${load.seconds} s; the ratio is the median of the rounds' ratios.`,
      "",
      "|  | stock | ours | ratio | its range |",
      "| --- | --: | --: | --: | --: |",
      row("CPU per announce, µs", 0, ({ cpuUsPerAnnounce }) => cpuUsPerAnnounce),
      row("offer to answer p50, ms", 2, ({ p50Ms }) => p50Ms),
      row("offer to answer p99, ms", 2, ({ p99Ms }) => p99Ms),
      row("resident memory per socket, KiB", 1, ({ bytesPerSocket }) => bytesPerSocket / 1024),
      row("offers answered, share", 3, ({ answered }) => answered),
    ].join("\n"),
  ].join("\n\n");
}

function figure(value: number | null, digits: number): string {
  return value === null || Number.isNaN(value) ? "–" : value.toFixed(digits);
}

import Table from "cli-table3";
import type { DemoMoment } from "./run.js";
import type { DemoResult } from "./summary.js";

/** The live table: a line per viewer, and the totals. */
export function renderMoment({ stream, elapsedMs, snapshots, result }: DemoMoment): string {
  const table = new Table({
    head: [
      "viewer",
      "state",
      "lines",
      "buffer",
      "latency",
      "from peers",
      "from origin",
      "sent",
      "peers",
      "start",
      "stalls",
    ],
    colAligns: ["right", "left", ...Array<"right">(9).fill("right")],
    style: tableStyle(),
  });
  snapshots.forEach((viewer, index) => {
    table.push([
      index + 1,
      viewer.state,
      viewer.height || "–",
      `${viewer.bufferS.toFixed(1)} s`,
      viewer.latencyS === undefined ? "–" : `${viewer.latencyS.toFixed(1)} s`,
      bytes(viewer.fromPeers),
      bytes(viewer.fromOrigin),
      bytes(viewer.uploaded),
      viewer.peers,
      viewer.startupMs === undefined ? "–" : `${Math.round(viewer.startupMs)} ms`,
      viewer.stalls,
    ]);
  });
  return `${stream}, ${Math.floor(elapsedMs / 1000)} s\n${table.toString()}\n${renderTotals(result)}`;
}

/** One line for logs that cannot be redrawn. */
export function renderLine({ stream, elapsedMs, snapshots, result }: DemoMoment): string {
  const playing = snapshots.filter(({ state }) => state === "playing").length;
  return `${stream} ${Math.floor(elapsedMs / 1000)} s: ${playing}/${snapshots.length} playing, ${renderTotals(result)}`;
}

export function renderSummary(results: readonly DemoResult[]): string {
  const table = new Table({
    head: [
      "stream",
      "viewers",
      "offload",
      "limit",
      "residual",
      "copies/segment",
      "stalls",
      "start median",
      "worst",
    ],
    colAligns: ["left", ...Array<"right">(8).fill("right")],
    style: tableStyle(),
  });
  for (const result of results) {
    table.push([
      result.stream,
      result.viewers,
      percent(result.offload),
      percent(result.offloadLimit),
      `${bytes(result.residualBytes)} (${Math.round(result.residualKbps)} kbit/s)`,
      result.originCopiesPerSegment.toFixed(2),
      result.stalls,
      result.startupMs ? `${Math.round(result.startupMs.median)} ms` : "–",
      result.startupMs ? `${Math.round(result.startupMs.worst)} ms` : "–",
    ]);
  }
  return table.toString();
}

function renderTotals(result: DemoResult): string {
  const offload = `offload ${percent(result.offload)} of at most ${percent(result.offloadLimit)}`;
  const residual = `residual ${bytes(result.residualBytes)} (${Math.round(result.residualKbps)} kbit/s)`;
  return `${offload}, ${residual}, ${result.originCopiesPerSegment.toFixed(2)} origin copies per segment, ${result.stalls} stalls`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function bytes(count: number): string {
  return count < 1e6 ? `${(count / 1e3).toFixed(0)} kB` : `${(count / 1e6).toFixed(2)} MB`;
}

/** Without escape sequences where nobody would see them as colours. */
function tableStyle() {
  return process.stdout.isTTY ? { head: ["bold"], compact: true } : { head: [], border: [], compact: true };
}

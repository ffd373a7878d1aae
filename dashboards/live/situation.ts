import type { LiveMessage, StreamRow } from "../../tracker/live/feed.js";
import { ago, duration } from "./times.js";

/** What has to be said before any figure, in sentences; `undefined` where there is nothing to say. */
export function situationOf(
  message: LiveMessage,
  row: StreamRow | undefined,
  stream: string | undefined,
): string | undefined {
  const sentences = [...watched(message, row, stream), ...others(message)];
  return sentences.length > 0 ? sentences.join(" ") : undefined;
}

function watched(
  { uptimeS, streamCount, reportIntervalS, windowS }: LiveMessage,
  row: StreamRow | undefined,
  stream: string | undefined,
): string[] {
  if (row === undefined) {
    return [
      `This tracker knows no stream called “${stream}”.`,
      `It has been running for ${duration(uptimeS)}; what was watched before that it has forgotten.`,
    ];
  }
  const name = stream === undefined ? "anything" : `“${stream}”`;
  if (streamCount === 0 && row.connected === 0) {
    return [`Nobody watches anything: the tracker has heard of no stream since it started ${ago(uptimeS)}.`];
  }
  if (row.viewers === 0 && row.connected === 0) {
    const last = row.lastReportAgoS === null ? "" : ` The last report came ${ago(row.lastReportAgoS)}.`;
    return [`Nobody watches ${name} any more.${last}`];
  }
  if (row.lastReportAgoS === null && uptimeS > 3 * reportIntervalS) {
    return [
      "Viewers are connected, but none of them reports: without reports nobody knows the offload.",
      "Players report where they are given the tracker’s base address, or the option “report”.",
    ];
  }
  if (row.lastReportAgoS !== null && row.lastReportAgoS > windowS) {
    return [`The last report came ${ago(row.lastReportAgoS)}, though viewers are connected.`];
  }
  return [];
}

function others({ service }: LiveMessage): string[] {
  if (service === null || service.isUp) return [];
  return ["Redis cannot be reached: all figures are of this tracker alone, whatever others there are."];
}

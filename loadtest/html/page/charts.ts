import type { Chart, Line } from "../../../pages/chart.js";
import { colourOf, ORIGIN_COLOUR, PEERS_COLOUR } from "../../../pages/colours.js";
import type { LoadResult, Timeline } from "../../result/result.js";
import type { ReportedRun } from "../reported-run.js";

const OFFLOAD_WINDOW_S = 10;

/** All charts of a report. With one run its sources are stacked; several runs are overlaid. */
export function chartsOf(runs: readonly ReportedRun[]): Chart[] {
  const [first] = runs;
  if (!first) return [];
  // Alone, a line needs no name.
  const labelOf = (name: string) => (runs.length > 1 ? name : "this run");
  const overTime = (of: (result: LoadResult) => readonly (number | null)[]) =>
    runs.map(({ name, result }, index) => line(labelOf(name), index, secondsOf(result.timeline), of(result)));
  const byShare = (of: (result: LoadResult) => readonly number[]) =>
    runs
      .filter(({ result }) => of(result).length > 0)
      .map(({ name, result }, index) => {
        const values = of(result);
        return line(
          labelOf(name),
          index,
          values.map((_, place) => (place * 100) / (values.length - 1)),
          values,
        );
      });
  const time = "seconds";
  const sessions = "% of sessions";
  const charts: Chart[] = [
    ...(runs.length === 1 ? [bySource(first.result)] : []),
    {
      title: `Offload: share from peers, mean of ${OFFLOAD_WINDOW_S} s`,
      xLabel: time,
      unit: "%",
      max: 100,
      lines: overTime(({ timeline }) => shares(timeline)),
    },
    {
      title: "Residual: what the origin still sends",
      xLabel: time,
      unit: "Mbit/s",
      lines: overTime(({ timeline }) => timeline.originBytes.map((bytes) => mbps(bytes, timeline))),
    },
    {
      title: "Viewers",
      xLabel: time,
      unit: "",
      isWhole: true,
      lines: overTime(({ timeline }) => timeline.viewers),
    },
    {
      title: "Viewers whose playback waits",
      xLabel: time,
      unit: "",
      isWhole: true,
      lines: overTime(({ timeline }) => timeline.stalled),
    },
    {
      title: "Origin copies per segment, in the order of their first ones",
      xLabel: "segments",
      unit: "",
      isWhole: true,
      lines: runs.map(({ name, result: { copiesPerSegment } }, index) => ({
        ...line(
          labelOf(name),
          index,
          copiesPerSegment.map((_, place) => place),
          copiesPerSegment,
        ),
        isPoints: true,
      })),
    },
    {
      title: "Startup, from the quickest session to the slowest",
      xLabel: sessions,
      unit: "ms",
      lines: byShare(({ distributions }) => distributions.startupMs),
    },
    {
      title: "Time stalled per session",
      xLabel: sessions,
      unit: "s",
      lines: byShare(({ distributions }) => distributions.stalledS),
    },
    {
      title: "Uploaded bytes per played byte",
      xLabel: sessions,
      unit: "",
      lines: byShare(({ distributions }) => distributions.uploadRatio),
    },
    {
      title: "Use of the uplinks of those who may upload",
      xLabel: sessions,
      unit: "%",
      lines: byShare(({ distributions }) => distributions.uplinkUse.map((use) => use * 100)),
    },
    {
      title: "Peers per viewer",
      xLabel: sessions,
      unit: "",
      lines: byShare(({ distributions }) => distributions.peers),
    },
    {
      title: "What the origin's bytes cost, added up",
      xLabel: time,
      unit: first.result.scenario.price.currency,
      lines: runs.flatMap(({ name, result }, index) => costLines(name, index, result, runs.length === 1)),
    },
  ];
  return charts.filter(({ lines }) => lines.length > 0);
}

function bySource({ timeline }: LoadResult): Chart {
  const x = secondsOf(timeline);
  const origin = timeline.originBytes.map((bytes) => mbps(bytes, timeline));
  const all = timeline.originBytes.map((bytes, step) =>
    mbps(bytes + (timeline.peerBytes[step] ?? 0), timeline),
  );
  return {
    title: "Bytes by source: what is above the origin's is from peers",
    xLabel: "seconds",
    unit: "Mbit/s",
    lines: [
      { label: "all", colour: PEERS_COLOUR, x, y: all, isFilled: true },
      { label: "from the origin", colour: ORIGIN_COLOUR, x, y: origin, isFilled: true },
    ],
  };
}

function costLines(
  name: string,
  index: number,
  { timeline, scenario }: LoadResult,
  isAlone: boolean,
): Line[] {
  const x = secondsOf(timeline);
  const perByte = scenario.price.perGB / 1e9;
  const actual = addedUp(timeline.originBytes.map((bytes) => bytes * perByte));
  if (!isAlone) return [line(name, index, x, actual)];
  const without = timeline.originBytes.map(
    (bytes, step) => (bytes + (timeline.peerBytes[step] ?? 0)) * perByte,
  );
  return [
    { label: "without peers", colour: PEERS_COLOUR, x, y: addedUp(without) },
    { label: "with peers", colour: ORIGIN_COLOUR, x, y: actual },
  ];
}

function line(label: string, index: number, x: readonly number[], y: readonly (number | null)[]): Line {
  return { label, colour: colourOf(index), x, y };
}

function secondsOf({ stepS, viewers }: Timeline): number[] {
  return viewers.map((_, step) => (step + 1) * stepS);
}

function mbps(bytes: number, { stepS }: Timeline): number {
  return (bytes * 8) / 1e6 / stepS;
}

/** Over a while: of few bytes a step has all from one source. */
function shares({ stepS, peerBytes, originBytes }: Timeline): (number | null)[] {
  const length = Math.max(1, Math.round(OFFLOAD_WINDOW_S / stepS));
  return peerBytes.map((_, step) => {
    const sum = (bytes: readonly number[]) =>
      bytes.slice(Math.max(0, step + 1 - length), step + 1).reduce((all, one) => all + one, 0);
    const fromPeers = sum(peerBytes);
    const all = fromPeers + sum(originBytes);
    return all > 0 ? (fromPeers / all) * 100 : null;
  });
}

function addedUp(numbers: readonly number[]): number[] {
  let total = 0;
  return numbers.map((number) => {
    total += number;
    return total;
  });
}

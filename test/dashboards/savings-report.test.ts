import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PROCESS_METRICS } from "../../dashboards/process-metrics.js";
import { ORIGIN_METRICS } from "../../origin/metrics/names.js";
import { TRACKER_METRICS } from "../../tracker/metrics/catalogue.js";
import { runCommand } from "../support/command.js";
import { type PastSeries, pastSamples } from "../support/past-samples.js";
import { Prometheus } from "../support/prometheus.js";

const HOUR_S = 3600;
const LENGTH_S = 6 * HOUR_S;
/** The tracker restarts here, the origin vanishes for good at the end of the fifth hour. */
const RESTART_S = 3 * HOUR_S + 77;
const GONE_S = 5 * HOUR_S;
const EVERY_S = 30;
const FROM_S = Math.floor(Date.now() / 1000 / HOUR_S) * HOUR_S - 12 * HOUR_S;
const QUOTED = 'a"b\\<i>=c';

const TRACKER = { job: "nearcast-tracker", instance: "t:8000" };
const ORIGIN = { job: "nearcast-origin", instance: "o:8080" };
/** Counts so much a second, and begins at 0 when the tracker restarts. */
const counts = (perS: number) => (atS: number) => perS * (atS < RESTART_S ? atS : atS - RESTART_S);
const untilGone = (value: (atS: number) => number) => (atS: number) =>
  atS <= GONE_S ? value(atS) : undefined;
/** Prometheus takes a sample for the present for five minutes. */
const COVERED_S = GONE_S + 300;
/** What the tracker's counters have gone through then: all but the time from the last scrape to the restart. */
const SEEN_S = Math.floor(RESTART_S / EVERY_S) * EVERY_S + (COVERED_S - RESTART_S);

function tracker(metric: string, labels: Record<string, string>, perS: number): PastSeries {
  return { metric, labels: { ...TRACKER, ...labels }, at: counts(perS) };
}

function audience(stream: string, cohort: string, viewers: number, stalledShare: (atS: number) => number) {
  const of = (metric: string, perS: number) => tracker(metric, { stream, cohort }, perS * viewers);
  return [
    of(TRACKER_METRICS.playedSeconds, 1),
    {
      ...of(TRACKER_METRICS.stalledSeconds, 0),
      at: (atS: number) => counts(viewers)(atS) * stalledShare(atS),
    },
    of(`${TRACKER_METRICS.startupSeconds}_sum`, 0.02),
    of(`${TRACKER_METRICS.startupSeconds}_count`, 0.01),
  ];
}

function bytes(stream: string, cohort: string, source: string, perS: number) {
  return tracker(TRACKER_METRICS.reportedBytes, { stream, cohort, source }, perS);
}

function sent(stream: string, perS: number): PastSeries {
  const labels = { ...ORIGIN, stream, kind: "segment", status: "200" };
  return { metric: ORIGIN_METRICS.responseBytes, labels, at: untilGone((atS) => perS * atS) };
}

const PAST: PastSeries[] = [
  { metric: TRACKER_METRICS.sockets, labels: TRACKER, at: () => 10 },
  { metric: ORIGIN_METRICS.connections, labels: ORIGIN, at: untilGone(() => 10) },
  {
    metric: PROCESS_METRICS.startSeconds,
    labels: TRACKER,
    at: (atS) => FROM_S + (atS < RESTART_S ? -500 : RESTART_S),
  },
  { metric: PROCESS_METRICS.startSeconds, labels: ORIGIN, at: untilGone(() => FROM_S - 9000) },
  bytes("news", "p2p", "peers", 3e6),
  bytes("news", "p2p", "origin", 1e6),
  bytes("news", "holdout", "origin", 1e5),
  bytes(QUOTED, "p2p", "peers", 1000),
  sent("news", 1.2e6),
  sent(QUOTED, 1000),
  sent("plain", 5000),
  ...audience("news", "p2p", 40, (atS) => 0.002 + (atS % 7) * 1e-7),
  ...audience("news", "holdout", 4, (atS) => 0.01 + (atS % 11) * 1e-7),
  tracker(TRACKER_METRICS.reports, { result: "new" }, 0.1),
  tracker(TRACKER_METRICS.reports, { result: "implausible" }, 0.01),
  tracker(TRACKER_METRICS.implausibleSessions, {}, 0.001),
];

let prometheus: Prometheus;
let folder: string;
let text: string;
let csv: Map<string, number[]>;

const report = (...flags: string[]) =>
  runCommand("dashboards/report/cli.js", ["--prometheus", prometheus.url, ...flags]);
const period = (fromS: number, toS: number) => [
  ...["--from", new Date((FROM_S + fromS) * 1000).toISOString()],
  ...["--to", new Date((FROM_S + toS) * 1000).toISOString()],
];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nearcast-report-"));
  const past = pastSamples(PAST, { fromS: FROM_S, lengthS: LENGTH_S, everyS: EVERY_S });
  prometheus = await Prometheus.start({}, [], past);
  const { code, stdout, stderr } = await report(
    ...period(0, LENGTH_S),
    ...["--html", join(folder, "report.html"), "--csv", join(folder, "report.csv"), "--price", "0.05"],
  );
  expect(stderr).toBe("");
  expect(code).toBe(0);
  text = stdout;
  const lines = (await readFile(join(folder, "report.csv"), "utf8")).trim().split("\r\n");
  csv = new Map(
    lines.slice(1).map((line) => {
      const [stream, figure, , ...values] = line.match(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)?.slice(2) ?? [];
      return [`${stream}${figure}`, values.map((value) => Number.parseFloat(value))];
    }),
  );
}, 60_000);

afterAll(async () => {
  await prometheus[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const figure = (stream: string, name: string) => csv.get(`${stream},${name},`)?.[0] ?? Number.NaN;

describe("a report on a period with a restart and an origin that vanished", () => {
  test("counts every byte that the counters went through, and none twice", () => {
    expect(figure("news", "played from peers as reported")).toBeCloseTo(3e6 * SEEN_S, -3);
    expect(figure("news", '"played from the origin, reported"')).toBeNaN();
    expect(figure("news", "sent by the origin")).toBeCloseTo(1.2e6 * GONE_S, -3);
  });

  test("says what is missing and what is left out", () => {
    expect(text).toContain("Tracker t:8000 restarted once");
    expect(text).toContain("Origin o:8080 was last scraped at");
    expect(text).toContain("This time is left out of all figures.");
    expect(figure("(all)", "time that the figures are of")).toBe(COVERED_S);
    expect(text).toContain("Stream “plain” is not in the sums");
    expect(figure("(all)", "sessions left out")).toBe(Math.round(0.001 * SEEN_S));
  });

  test("tells both peaks", () => {
    expect(figure("(all)", "peak without P2P")).toBeCloseTo(8 * (4.1e6 + 1000), -5);
    expect(figure("(all)", "peak with P2P")).toBeCloseTo(8 * 1.201e6, -5);
  });

  test("tells quality with an interval around the difference, which is there", () => {
    const [difference, low, high] = csv.get("(all),Time stalled: P2P less holdout,") ?? [];
    expect(difference).toBeLessThan(-0.007);
    expect(low).toBeLessThanOrEqual(difference ?? 0);
    expect(high).toBeLessThan(0);
    expect(text).toContain("P2P is better");
    expect(text).toContain("delete-one jackknife");
  });

  test("shows names with quotes and markup as they are", async () => {
    const html = await readFile(join(folder, "report.html"), "utf8");
    expect(html).not.toContain("<i>");
    expect(text).toContain(QUOTED);
    expect([...csv.keys()].some((key) => key.startsWith('"a""b'))).toBe(true);
  });
});

test("a counter that was first scraped late does not bring its past along", async () => {
  // The period begins before Prometheus has anything, the origin's process is older still.
  const { stdout } = await report(...period(-2 * HOUR_S, HOUR_S));
  expect(stdout).toContain("Origin o:8080 ran before, but was first scraped at");
});

describe("without data", () => {
  test("a report is refused, and nothing is written", async () => {
    const { code, stderr } = await report("--from", "2020-01-01", "--to", "2020-01-02");
    expect(stderr).toContain("has nothing of Nearcast from 2020-01-01 00:00 UTC");
    expect(code).toBe(3);
  });

  test("of one server, the report says that it is missing", async () => {
    const { code, stdout } = await report(...period(GONE_S + 900, LENGTH_S));
    expect(code).toBe(0);
    expect(stdout).toContain("Prometheus has nothing of any origin in this period");
  });

  test("something else than Prometheus is told", async () => {
    const flags = ["--prometheus", "http://127.0.0.1:9", "--from", "1h"];
    const { code, stderr } = await runCommand("dashboards/report/cli.js", flags);
    expect(stderr).toContain("http://127.0.0.1:9: cannot be reached");
    expect(code).toBe(2);
  });
});

test.each([
  [["--from", "yesterday"], "--from"],
  [["--from", "1h", "--to", "2h"], "--from"],
  [["--from", "1h", "--to", "2999-01-01"], "--to"],
  [["--from", "1h", "--price", "much"], "--price"],
  [["--from", "1h", "--html", "/nowhere/at/all.html"], "--html"],
])("%j ends with a sentence that names the flag", async (flags, named) => {
  const { code, stderr } = await report(...flags);
  expect(stderr).toMatch(new RegExp(`^nearcast-report: .*${named}`));
  expect(code).toBe(1);
});

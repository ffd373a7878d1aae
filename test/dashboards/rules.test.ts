import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { JOBS } from "../../dashboards/jobs.js";
import { PROCESS_METRICS } from "../../dashboards/process-metrics.js";
import { ALERTS } from "../../dashboards/rules/alerts.js";
import { RECORDED } from "../../dashboards/rules/recording.js";
import { ORIGIN_METRICS } from "../../origin/metrics/names.js";
import { TRACKER_METRICS } from "../../tracker/metrics/catalogue.js";
import { requireProgram } from "../support/program.js";

const run = promisify(execFile);
const RULES = ["recording", "alerts"].map((name) => resolve(`dashboards/dist/rules/${name}.yml`));

test("Prometheus takes the rules", async () => {
  const { stdout } = await run(requireProgram("promtool"), ["check", "rules", ...RULES]);
  expect(stdout).toContain("SUCCESS");
});

test("each alert has its runbook", async () => {
  const text = await readFile("dashboards/runbooks.md", "utf8");
  const sections = [...text.matchAll(/^## (\S+)$/gm)].map(([, name]) => name);
  expect(sections.toSorted()).toEqual(ALERTS.map(({ alert }) => alert).toSorted());
});

const { reportedBytes, playedSeconds, stalledSeconds, viewers, sockets, socketLimit } = TRACKER_METRICS;
const HOUR = { minutes: 60, samples: 240 };
const reported = (source: string) => `${reportedBytes}{stream="news", cohort="p2p", source="${source}"}`;
const ofCohort = (metric: string, cohort: string) => `${metric}{stream="news", cohort="${cohort}"}`;
const sent = `${ORIGIN_METRICS.responseBytes}{stream="news", kind="segment", status="200"}`;
const watching = { [`${viewers}{stream="news"}`]: `20x${HOUR.samples}` };

/** A counter that grows by so much in each sample of 15 s. */
const grows = (by: number) => `0+${by}x${HOUR.samples}`;
const stays = (at: number) => `${at}x${HOUR.samples}`;

/** Runs the rules over an hour of series, given in promtool's notation, and compares what there is near its end. */
async function promtool(series: Record<string, string>, expected: Record<string, number>): Promise<void> {
  const test = {
    interval: "15s",
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    promql_expr_test: Object.entries(expected).map(([expr, value]) => ({
      expr: `round(sum(${expr}), 0.0001)`,
      eval_time: `${HOUR.minutes - 1}m`,
      exp_samples: [{ labels: "{}", value }],
    })),
  };
  const folder = await mkdtemp(join(tmpdir(), "nearcast-rules-"));
  try {
    const file = join(folder, "test.yml");
    await writeFile(file, JSON.stringify({ rule_files: RULES, evaluation_interval: "30s", tests: [test] }));
    await run(requireProgram("promtool"), ["test", "rules", file]).catch(({ stdout, stderr }) => {
      throw new Error(`${stdout}${stderr}`);
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

const asked = new Set<string>();

/** How many alerts of a name fire; 0 for none. */
function firing(alert: string): string {
  asked.add(alert);
  expect(ALERTS.map((rule) => rule.alert)).toContain(alert);
  return `(count(ALERTS{alertname="${alert}", alertstate="firing"}) or vector(0))`;
}

describe("offload", () => {
  const honest = { [reported("peers")]: grows(750), [reported("origin")]: grows(250), ...watching };

  test("is told as players report it, as the origin's egress implies it, and by how much they differ", () =>
    promtool(
      { ...honest, [sent]: grows(400) },
      {
        [RECORDED.offloadReported]: 0.75,
        [RECORDED.offloadImplied]: 0.6,
        [RECORDED.offloadDisagreement]: 0.15,
        [RECORDED.residualBits]: 213.3333,
        [RECORDED.savedBytes]: 600 / 15,
        [firing("NearcastOffloadDisagreement")]: 1,
      },
    ));

  test("on which both agree wakes nobody", () =>
    promtool(
      { ...honest, [sent]: grows(260) },
      { [firing("NearcastOffloadDisagreement")]: 0, [firing("NearcastOffloadCollapsed")]: 0 },
    ));

  test("survives a restart of tracker and origin", () => {
    const restarted = (by: number) => `0+${by}x220 0+${by}x20`;
    return promtool(
      {
        [reported("peers")]: restarted(750),
        [reported("origin")]: restarted(250),
        [sent]: restarted(250),
        ...watching,
      },
      { [RECORDED.offloadReported]: 0.75, [RECORDED.offloadDisagreement]: 0 },
    );
  });

  test("that collapses wakes somebody, and no longer when nobody watches", async () => {
    const collapsing = {
      [reported("peers")]: "0+750x160 120000+10x80",
      [reported("origin")]: "0+250x160 40000+990x80",
    };
    await promtool({ ...collapsing, ...watching }, { [firing("NearcastOffloadCollapsed")]: 1 });
    await promtool(
      { ...collapsing, [`${viewers}{stream="news"}`]: stays(1) },
      { [firing("NearcastOffloadCollapsed")]: 0 },
    );
  });

  test("of a stream whose name has quotes is told like any other", () => {
    const quoted = (series: string) => series.replace("news", 'a\\"b\\\\c');
    return promtool(
      {
        [quoted(reported("peers"))]: grows(750),
        [quoted(reported("origin"))]: grows(250),
        [quoted(sent)]: grows(400),
        [quoted(`${viewers}{stream="news"}`)]: stays(20),
      },
      {
        [`${RECORDED.offloadReported}{stream='a"b\\\\c'}`]: 0.75,
        [firing("NearcastOffloadDisagreement")]: 1,
      },
    );
  });

  test("of a stream in which nothing is played is no number", () =>
    promtool(
      { [reported("peers")]: stays(7), [reported("origin")]: stays(7), [sent]: grows(100), ...watching },
      { [`(${RECORDED.offloadReported} or vector(-1))`]: -1, [RECORDED.residualBits]: 53.3333 },
    ));
});

describe("viewers who share stall more than the holdout group", () => {
  const stalling = {
    [ofCohort(playedSeconds, "p2p")]: grows(1470),
    [ofCohort(stalledSeconds, "p2p")]: grows(30),
    [ofCohort(stalledSeconds, "holdout")]: grows(0),
  };

  test("which wakes somebody", () =>
    promtool(
      { ...stalling, [ofCohort(playedSeconds, "holdout")]: grows(150) },
      {
        [`${RECORDED.stallRatio}{cohort="p2p"}`]: 0.02,
        [`${RECORDED.playing}{cohort="holdout"}`]: 10,
        [firing("NearcastStallsWorseThanHoldout")]: 1,
      },
    ));

  test("and who wait longer for the first frame raise a ticket", () => {
    const startup = (cohort: string, le: string) =>
      `${TRACKER_METRICS.startupSeconds}_bucket{stream="news", cohort="${cohort}", le="${le}"}`;
    return promtool(
      {
        [startup("p2p", "2")]: grows(0),
        [startup("p2p", "4")]: grows(10),
        [startup("p2p", "+Inf")]: grows(10),
        [startup("holdout", "0.25")]: grows(0),
        [startup("holdout", "0.5")]: grows(10),
        [startup("holdout", "+Inf")]: grows(10),
        [ofCohort(playedSeconds, "holdout")]: grows(150),
      },
      { [`${RECORDED.startup}{cohort="p2p"}`]: 3, [firing("NearcastStartupSlowerThanHoldout")]: 1 },
    );
  });

  test("unless that is too small to tell", () =>
    promtool(
      { ...stalling, [ofCohort(playedSeconds, "holdout")]: grows(15) },
      { [firing("NearcastStallsWorseThanHoldout")]: 0 },
    ));
});

test("limits, faults, polluters and lags raise their alerts", () =>
  promtool(
    {
      [`${sockets}{instance="t"}`]: stays(17_000),
      [`${socketLimit}{instance="t"}`]: stays(20_000),
      [ofCohort(TRACKER_METRICS.integrityFailures, "p2p")]: grows(1),
      [`${TRACKER_METRICS.quarantines}{instance="t"}`]: "0x200 6x40",
      [`${TRACKER_METRICS.errors}{instance="t"}`]: grows(1),
      [`${TRACKER_METRICS.refused}{reason="too_many_sockets"}`]: grows(1),
      [`${TRACKER_METRICS.refused}{reason="token"}`]: grows(30),
      [`${TRACKER_METRICS.reports}{result="new"}`]: grows(90),
      [`${TRACKER_METRICS.reports}{result="implausible"}`]: grows(10),
      [`${ORIGIN_METRICS.ingestLag}{stream="news"}`]: stays(16),
      [`${ORIGIN_METRICS.requests}{stream="news", status="200"}`]: grows(100),
      [`${ORIGIN_METRICS.requests}{stream="news", status="502"}`]: grows(5),
      [`${ORIGIN_METRICS.upstreamErrors}{stream="news", reason="timeout"}`]: grows(5),
      [`${ORIGIN_METRICS.viewersRefused}{stream="news", reason="expired"}`]: grows(10),
      [`${ORIGIN_METRICS.issuesRefused}{reason="key"}`]: grows(1),
      [`${PROCESS_METRICS.eventLoopLagP99}{job="${JOBS.tracker}"}`]: stays(0.3),
      [`up{job="${JOBS.origin}"}`]: stays(0),
      [`${TRACKER_METRICS.redisUp}{instance="t"}`]: stays(0),
      [`probe_ssl_earliest_cert_expiry{job="${JOBS.tls}", instance="tv.example:443"}`]: stays(5 * 86_400),
    },
    Object.fromEntries(
      [
        "NearcastTrackerNearSocketLimit",
        "NearcastIntegrityFailures",
        "NearcastPeersQuarantined",
        "NearcastTrackerFaults",
        "NearcastTrackerRefusesForLimits",
        "NearcastTrackerRefusesTokens",
        "NearcastImplausibleReports",
        "NearcastIngestLag",
        "NearcastOriginFails",
        "NearcastUpstreamFails",
        "NearcastViewersRefused",
        "NearcastTokenIssuesRefused",
        "NearcastTrackerSlow",
        "NearcastDown",
        "NearcastRedisUnreachable",
        "NearcastCertificateExpires",
      ].map((alert) => [firing(alert), 1]),
    ),
  ));

test("a healthy service raises none of them, and each of them is raised above", () => {
  expect([...asked].toSorted()).toEqual(ALERTS.map(({ alert }) => alert).toSorted());
  return promtool(
    {
      [reported("peers")]: grows(750),
      [reported("origin")]: grows(250),
      [sent]: grows(255),
      ...watching,
      [ofCohort(playedSeconds, "p2p")]: grows(300),
      [ofCohort(playedSeconds, "holdout")]: grows(150),
      [ofCohort(stalledSeconds, "p2p")]: grows(0),
      [ofCohort(stalledSeconds, "holdout")]: grows(0),
      [ofCohort(TRACKER_METRICS.integrityFailures, "p2p")]: grows(0),
      [`${sockets}{instance="t"}`]: stays(200),
      [`${socketLimit}{instance="t"}`]: stays(20_000),
      [`${TRACKER_METRICS.quarantines}{instance="t"}`]: stays(2),
      [`${TRACKER_METRICS.errors}{instance="t"}`]: stays(0),
      [`${TRACKER_METRICS.redisUp}{instance="t"}`]: stays(1),
      [`${TRACKER_METRICS.refused}{reason="too_many_sockets"}`]: stays(0),
      [`${TRACKER_METRICS.refused}{reason="token"}`]: grows(1),
      [`${TRACKER_METRICS.reports}{result="new"}`]: grows(90),
      [`${TRACKER_METRICS.reports}{result="implausible"}`]: stays(3),
      [`${ORIGIN_METRICS.ingestLag}{stream="news"}`]: stays(3),
      [`${ORIGIN_METRICS.requests}{stream="news", status="200"}`]: grows(100),
      [`${ORIGIN_METRICS.requests}{stream="news", status="502"}`]: stays(1),
      [`${ORIGIN_METRICS.upstreamErrors}{stream="news", reason="timeout"}`]: stays(1),
      [`${ORIGIN_METRICS.viewersRefused}{stream="news", reason="expired"}`]: stays(10),
      [`${ORIGIN_METRICS.issuesRefused}{reason="key"}`]: stays(1),
      [`${PROCESS_METRICS.eventLoopLagP99}{job="${JOBS.tracker}"}`]: stays(0.02),
      [`up{job="${JOBS.tracker}"}`]: stays(1),
      [`up{job="${JOBS.origin}"}`]: stays(1),
      [`probe_ssl_earliest_cert_expiry{job="${JOBS.tls}", instance="tv.example:443"}`]: stays(80 * 86_400),
    },
    Object.fromEntries(ALERTS.map(({ alert }) => [firing(alert), 0])),
  );
});

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { generatedFiles } from "../../dashboards/generated.js";
import { JOBS } from "../../dashboards/jobs.js";
import { ALERTS_FILE, RECORDING_FILE } from "../../dashboards/rules/files.js";
import { RECORDED } from "../../dashboards/rules/recording.js";
import { ORIGIN_METRICS } from "../../origin/metrics/names.js";
import { TRACKER_METRICS } from "../../tracker/metrics/catalogue.js";
import { runCommand } from "../support/command.js";
import { Prometheus } from "../support/prometheus.js";
import { hasPlayed, openTheatre, type Theatre, UNDISTURBED, until } from "../support/viewers.js";

/** What cannot have data here, by a part of the expression, and why. */
const WITHOUT_DATA: Record<string, string> = {
  [ORIGIN_METRICS.upstreamCache]: "no stream comes from an upstream",
  [ORIGIN_METRICS.upstreamErrors]: "no stream comes from an upstream",
  [ORIGIN_METRICS.ingestPushes]: "no encoder pushes",
  [ORIGIN_METRICS.ingestLag]: "no encoder pushes",
  [ORIGIN_METRICS.tokensIssued]: "no stream is private",
  [ORIGIN_METRICS.issuesRefused]: "no stream is private",
  [ORIGIN_METRICS.viewersRefused]: "no stream is private",
  'status=~"5.."': "nothing fails",
  "nearcast_tracker_refused_total[1m])) > 0": "nothing is refused",
  [TRACKER_METRICS.redisUp]: "one tracker needs no Redis",
  [TRACKER_METRICS.nodes]: "one tracker needs no Redis",
  [TRACKER_METRICS.nodeMessages]: "one tracker needs no Redis",
  probe_ssl_earliest_cert_expiry: "comes from a blackbox exporter",
};
const SELECTOR = /(?:[a-z_]+:)?(?:nearcast|nodejs|process|probe|up\b)[a-z0-9_:]*(?:\{[^}]*\})?/g;

const STREAM = "live";
let theatre: Theatre;
let prometheus: Prometheus;

beforeAll(async () => {
  theatre = await openTheatre();
  const target = (url: string) => ({ static_configs: [{ targets: [new URL(url).host] }] });
  prometheus = await Prometheus.start(
    {
      global: { scrape_interval: "1s", evaluation_interval: "1s" },
      scrape_configs: [
        { job_name: JOBS.origin, ...target(theatre.stack.url) },
        { job_name: JOBS.tracker, ...target(theatre.stack.trackerUrl) },
      ],
    },
    [RECORDING_FILE, ALERTS_FILE].map(({ groups }) => ({
      groups: groups.map((group) => ({ ...group, interval: "1s" })),
    })),
  );
  const report = new URL("/reports", theatre.stack.trackerUrl.replace(/^ws/, "http")).href;
  const viewers = await Promise.all(
    [0, 0, 0, 1].map((holdout) => theatre.open(STREAM, { nearcast: { report, holdout } })),
  );
  for (const viewer of viewers)
    expect(await until(viewer, hasPlayed(15), "it plays", 40_000)).toMatchObject(UNDISTURBED);
  const isCompared = `${RECORDED.offloadDisagreement} and on (stream) ${RECORDED.bitrate}{cohort="p2p"} and on (stream) ${RECORDED.bitrate}{cohort="holdout"}`;
  await vi.waitFor(async () => expect(await prometheus.query(isCompared)).toHaveLength(1), {
    timeout: 30_000,
    interval: 500,
  });
});

afterAll(async () => {
  await prometheus[Symbol.asyncDispose]();
  await theatre[Symbol.asyncDispose]();
});

test("every expression of every dashboard has data, or a reason why not", async () => {
  const expressions = [...generatedFiles()]
    .filter(([path]) => path.startsWith("grafana/"))
    .flatMap(([, text]) => {
      const { panels } = JSON.parse(text) as { panels: { targets: { expr: string }[] }[] };
      return panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    })
    .map((expr) =>
      expr.replaceAll("$__rate_interval", "1m").replaceAll("$stream", ".*").replaceAll("$price", "0.02"),
    );
  expect(expressions.length).toBeGreaterThan(50);
  await expectData(expressions);
});

test("every rule is evaluated without a fault, and every metric that it looks at has data, or a reason why not", async () => {
  const rules = [RECORDING_FILE, ALERTS_FILE].flatMap(({ groups }) => groups.flatMap((group) => group.rules));
  const evaluated = await prometheus.rules();
  expect(evaluated).toHaveLength(rules.length);
  for (const { name, health, lastError } of evaluated)
    expect(`${health} ${lastError ?? ""}`, name).toBe("ok ");
  const selectors = new Set(rules.flatMap(({ expr }) => expr.match(SELECTOR) ?? []));
  expect(selectors.size).toBeGreaterThan(20);
  await expectData(selectors);
});

test("the origin's counter says what its access log says", async () => {
  const difference = async () => {
    const [sample] = await prometheus.query(`${ORIGIN_METRICS.segmentBytes}{stream="${STREAM}"}`);
    return Math.abs(Number(sample?.value[1]) / theatre.log.totals(STREAM).segmentBytes - 1);
  };
  // Prometheus is up to a second behind.
  await expect.poll(difference, { timeout: 10_000, interval: 200 }).toBeLessThan(0.01);
});

test("the savings report says what the origin's access log says, and shows both counts of offload", async () => {
  // Viewers who go on would be ahead of Prometheus.
  for (const context of theatre.browser.contexts()) await context.close();
  const folder = await mkdtemp(join(tmpdir(), "nearcast-report-"));
  const [html, csv] = [join(folder, "report.html"), join(folder, "report.csv")];
  const sentBytes = async () => {
    const from = new Date(Date.now() - process.uptime() * 1000 - 1000).toISOString();
    const flags = ["--prometheus", prometheus.url, "--from", from, "--html", html, "--csv", csv];
    const { code, stderr } = await runCommand("dashboards/report/cli.js", flags);
    expect(`${code} ${stderr}`).toBe("0 ");
    const [, sent] = /,live,sent by the origin,bytes,([\d.]+),/.exec(await readFile(csv, "utf8")) ?? [];
    return Number(sent);
  };
  try {
    const difference = async () => {
      const sent = await sentBytes();
      const { segmentBytes, initBytes } = theatre.log.totals(STREAM);
      return Math.abs(sent / (segmentBytes + initBytes) - 1);
    };
    await expect.poll(difference, { timeout: 20_000, interval: 200 }).toBeLessThan(0.01);
    for (const [width, height] of [
      [1280, 900],
      [390, 844],
    ] as const) {
      const page = await theatre.browser.newPage({ viewport: { width, height } });
      const errors: Error[] = [];
      page.on("pageerror", (error) => errors.push(error));
      await page.goto(pathToFileURL(html).href);
      const shown = await page.locator("main").innerText();
      expect(shown).toContain("Offload, as players report");
      expect(shown).toContain("Offload, as the origin's egress implies");
      expect(await page.locator("figure canvas").count()).toBe(2);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      expect(errors).toEqual([]);
      await page.close();
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** Players report every ten seconds, and some figures are differences between reports. */
async function expectData(expressions: Iterable<string>): Promise<void> {
  await expect.poll(() => withoutData(expressions), { timeout: 30_000, interval: 1_000 }).toEqual([]);
}

async function withoutData(expressions: Iterable<string>): Promise<string[]> {
  const empty: string[] = [];
  for (const expr of expressions) {
    const isExcused = Object.keys(WITHOUT_DATA).some((part) => expr.includes(part));
    if (!isExcused && (await prometheus.query(expr)).length === 0) empty.push(expr);
  }
  return empty;
}

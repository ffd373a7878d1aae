import fc from "fast-check";
import { expect, test } from "vitest";
import { COHORTS, PROTOCOL_VERSION } from "../../../player/protocol/index.js";
import { createTracker, TRACKER_METRICS } from "../../../tracker/index.js";
import { metricValue } from "../../support/tracker-metrics.js";
import { postReport, reportOf } from "../../support/tracker-reports.js";

/** NEARCAST_LONG=1: a million figures. */
const IS_LONG = process.env.NEARCAST_LONG === "1";
const FIGURES = 22;
const AT_ONCE = 50;
const RUNS = Math.ceil((IS_LONG ? 1_000_000 : 5000) / FIGURES / AT_ONCE);
const LABELS = 5;

const odd = fc.constantFrom(
  ...[-1, -0, 0.5, 2 ** 31, 2 ** 40, 2 ** 40 + 1, 2 ** 53, 1e308, -1e308, Number.NaN],
  ...["5", "", null, true, [], [1], {}, { valueOf: 1 }, undefined],
);
const figure = fc.oneof({ weight: 40, arbitrary: fc.nat(20_000_000) }, { weight: 1, arbitrary: odd });
const small = fc.oneof({ weight: 40, arbitrary: fc.nat(60) }, { weight: 1, arbitrary: odd });
const polluter = fc.record({
  peer: fc.oneof(fc.stringMatching(/^[!-~]{20}$/), fc.string()),
  segments: small,
});

const fuzzed = fc.record({
  version: fc.oneof({ weight: 40, arbitrary: fc.constant(PROTOCOL_VERSION) }, { weight: 1, arbitrary: odd }),
  stream: fc.oneof(
    { weight: 40, arbitrary: fc.stringMatching(/^[a-z]{1,2}$/) },
    { weight: 1, arbitrary: fc.string() },
  ),
  session: fc.oneof(
    { weight: 40, arbitrary: fc.stringMatching(/^[a-z0-9]{12}$/) },
    { weight: 1, arbitrary: odd },
  ),
  sequence: small,
  cohort: fc.oneof({ weight: 40, arbitrary: fc.constantFrom(...COHORTS) }, { weight: 1, arbitrary: odd }),
  bytes: fc.record({
    ...{ fromPeers: figure, fromOrigin: figure, uploaded: figure, rejected: figure },
    ...{ wastedFromPeers: figure, wastedFromOrigin: figure, unverified: fc.oneof(fc.constant(0), figure) },
  }),
  segments: fc.record({ fromPeers: small, fromOrigin: small }),
  ...{ playedS: small, stalls: small, stalledS: small, levelSwitches: small, peersConnected: small },
  ...{ peersRefused: small, startupMs: small, latencyS: small, bitrate: figure },
  integrity: fc.oneof(
    fc.constant({ failures: 0, peers: [] }),
    fc.record({ failures: small, peers: fc.array(polluter, { maxLength: 40 }) }),
  ),
});

test(`${RUNS * AT_ONCE * FIGURES} figures of all kinds: each report is counted as it stands or refused by the field's name, and honest ones are counted exactly`, {
  timeout: 900_000,
}, async () => {
  await using tracker = createTracker({
    port: 0,
    trustedProxies: ["loopback"],
    streams: [],
    streamLabels: LABELS,
  });
  const base = `http://127.0.0.1:${(await tracker.listen()).port}/`;
  const value = (name: string, labels = {}) => metricValue(tracker, name, labels);
  // The first stream to be heard of has a label of its own.
  const honest = (session: string) => postReport(base, reportOf(session));
  let honestReports = 0;
  let posts = 0;
  let claimed = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(fuzzed, { minLength: AT_ONCE, maxLength: AT_ONCE }), async (reports) => {
      honestReports += 1;
      expect((await honest(`honest-viewer-${honestReports}`)).status).toBe(200);
      await Promise.all(
        reports.map(async (report) => {
          posts += 1;
          const from = `81.${posts & 255}.${(posts >> 8) & 255}.7`;
          const response = await postReport(base, JSON.stringify(report), from);
          const text = await response.text();
          if (response.status === 200) claimed += sumOf(report.bytes);
          else {
            expect([400, 413, 429]).toContain(response.status);
            if (response.status === 400) expect(text).toMatch(/^[a-z][\w.[\]]*: (expected|is missing)/i);
          }
        }),
      );
      const bytes = (labels: object) => value(TRACKER_METRICS.reportedBytes, labels);
      expect(await bytes({ stream: "news", source: "peers" })).toBe(honestReports * 3_000_000);
      expect(await bytes({ stream: "news", source: "origin" })).toBe(honestReports * 1_000_000);
      const ofNews = honestReports * 7_000_000;
      expect((await bytes({})) - ofNews).toBeLessThanOrEqual(claimed);
      expect(await value(TRACKER_METRICS.reports)).toBe(posts + honestReports);
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
  expect(await value(TRACKER_METRICS.errors)).toBe(0);
  expect(await value(TRACKER_METRICS.reports, { result: "new" })).toBeGreaterThan(posts / 20);
  expect(await value(TRACKER_METRICS.reports, { result: "refused" })).toBeGreaterThan(posts / 20);
  const streams = new Set<unknown>();
  for (const { name, values } of await tracker.metrics.getMetricsAsJSON()) {
    for (const { value: number, labels } of values) {
      if (name.endsWith("_total")) expect([name, number >= 0]).toEqual([name, true]);
      if (name.startsWith("nearcast_")) expect([name, Number.isFinite(number)]).toEqual([name, true]);
      if ("stream" in labels) streams.add(labels.stream);
    }
  }
  expect(streams.size).toBeLessThanOrEqual(LABELS + 1);
});

function sumOf(bytes: Readonly<Record<string, unknown>>): number {
  return Object.values(bytes).reduce<number>((sum, one) => sum + (typeof one === "number" ? one : 0), 0);
}

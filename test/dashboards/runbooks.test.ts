import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { JOBS } from "../../dashboards/jobs.js";
import { ALERTS } from "../../dashboards/rules/alerts.js";
import { ORIGIN_METRICS } from "../../origin/metrics/names.js";
import { REFUSAL_REASONS, TRACKER_METRICS } from "../../tracker/metrics/catalogue.js";
import { SETTING_NAMES } from "../../tracker/options.js";

/** Words that are values or fields of contracts, by where they are typed. */
const IN_FILES: Record<string, string> = {
  minViewers: "tracker/policy/stream-policy.ts",
  uploadKbps: "tracker/policy/stream-policy.ts",
  leech: "tracker/policy/stream-policy.ts",
  off: "tracker/policy/stream-policy.ts",
  expired: "player/protocol/access-token.ts",
  kid: "player/protocol/integrity.ts",
  wasted_origin: "tracker/metrics/report-metrics.ts",
  other: "tracker/reports/stream-labels.ts",
  key: "origin/metrics/metrics.ts",
  rate: "origin/metrics/metrics.ts",
  reason: "tracker/metrics/metrics.ts",
  page: "dashboards/rules/rule.ts",
  ticket: "dashboards/rules/rule.ts",
  upstream: "origin/config/settings.ts",
  severity: "dashboards/rules/rule.ts",
  "nearcast-report": "package.json",
};

test("every option, metric, reason and alert that a runbook names is there", async () => {
  const text = await readFile("dashboards/runbooks.md", "utf8");
  const words = [...text.matchAll(/`([A-Za-z][A-Za-z0-9_-]+)`/g)].map(([, word]) => word ?? "");
  expect(words.length).toBeGreaterThan(30);
  const known = new Set<string>([
    ...SETTING_NAMES,
    ...REFUSAL_REASONS,
    ...Object.values(TRACKER_METRICS),
    ...Object.values(ORIGIN_METRICS),
    ...Object.values(JOBS),
    ...ALERTS.map(({ alert }) => alert),
  ]);
  for (const word of words) {
    if (known.has(word)) continue;
    const file = IN_FILES[word];
    expect(file, `${word} is named in a runbook`).toBeDefined();
    if (file !== undefined) expect(await readFile(file, "utf8"), word).toMatch(new RegExp(`\\b${word}\\b`));
  }
});

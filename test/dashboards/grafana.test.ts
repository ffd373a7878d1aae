import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { generatedFiles } from "../../dashboards/generated.js";
import { requireProgram } from "../support/program.js";

const run = promisify(execFile);

interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

interface Board {
  readonly uid: string;
  readonly schemaVersion: number;
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly datasource: { readonly uid: string };
    readonly gridPos: Box;
    readonly targets: readonly { readonly expr: string }[];
  }[];
}

const boards = [...generatedFiles()]
  .filter(([path]) => path.startsWith("grafana/"))
  .map(([, content]) => JSON.parse(content) as Board);

test("dashboards have addresses of their own and no empty panel", () => {
  expect(new Set(boards.map(({ uid }) => uid)).size).toBe(5);
  for (const { panels } of boards)
    for (const { title, targets } of panels) expect(targets.length, title).toBeGreaterThan(0);
});

test("panels have ids of their own, places that do not overlap, and ask the Prometheus that is chosen", () => {
  const overlap = (a: Box, b: Box) =>
    a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
  for (const { uid, schemaVersion, panels } of boards) {
    // The last one of dashboards that are files; Grafana has it from 12.2 on.
    expect(schemaVersion).toBe(42);
    expect(new Set(panels.map(({ id }) => id)).size, uid).toBe(panels.length);
    for (const [index, { title, datasource, gridPos }] of panels.entries()) {
      expect(datasource.uid, title).toMatch(/^\$\{datasource\}$/);
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
      for (const other of panels.slice(0, index)) expect(overlap(gridPos, other.gridPos), title).toBe(false);
    }
  }
});

test("Prometheus can read every expression of every dashboard", async () => {
  const expressions = boards.flatMap(({ panels }) => panels.flatMap(({ targets }) => targets));
  const rules = expressions.map(({ expr }, index) => ({
    record: "panel:expression:read",
    // Rules must differ.
    labels: { number: String(index) },
    expr: expr.replaceAll("$__rate_interval", "1m").replaceAll("$stream", ".*").replaceAll("$price", "0.02"),
  }));
  const folder = await mkdtemp(join(tmpdir(), "nearcast-grafana-"));
  try {
    const file = join(folder, "rules.yml");
    await writeFile(file, JSON.stringify({ groups: [{ name: "panels", rules }] }));
    const { stdout } = await run(requireProgram("promtool"), ["check", "rules", file]);
    expect(stdout).toContain(`SUCCESS: ${rules.length} rules found`);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("offload never stands alone: reported, origin-implied and their difference share a panel", () => {
  const panel = boards
    .find(({ uid }) => uid === "nearcast-offload")
    ?.panels.find(({ title }) => title === "Offload") as unknown as { targets: { legendFormat: string }[] };
  expect(panel.targets.map(({ legendFormat }) => legendFormat)).toEqual([
    "reported",
    "origin-implied",
    "difference",
  ]);
});

test("Prometheus takes its configuration with the rules it names", async () => {
  const { stdout } = await run(requireProgram("promtool"), ["check", "config", "dashboards/prometheus.yml"]);
  expect(stdout).toContain("is valid prometheus config file syntax");
  expect(stdout).toContain("dashboards/dist/rules/alerts.yml");
});

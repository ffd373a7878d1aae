import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { interruptedCommand, runCommand } from "../../support/command.js";

/** Each starts a process with threads; on a busy machine that takes its time. */
vi.setConfig({ testTimeout: 60_000 });

const PROGRAM = "loadtest/cli.js";
const folder = mkdtempSync(join(tmpdir(), "nearcast-"));
const scenario = join(folder, "scenario.json");
writeFileSync(
  scenario,
  JSON.stringify({
    durationS: 30,
    stream: { kind: "live", segmentS: 2, renditions: [{ kbps: 500 }] },
    audience: { viewers: 3, overS: 2 },
  }),
);

/** Half a minute, and a week that nobody waits for. */
const LONG = ["--vary", "durationS=30,604800", "--replicas", "1", "--set", "audience.viewers=200"];

test.each(["SIGINT", "SIGTERM"] as const)(
  "after %s the rows that are done are shown and the others named",
  async (signal) => {
    const json = join(folder, `${signal}.json`);
    const args = ["sweep", scenario, ...LONG, "--json", json];
    const { code, stdout, stderr } = await interruptedCommand(PROGRAM, args, "1 of 2 simulations", signal);
    expect(code).toBe(130);
    expect(
      stdout
        .trim()
        .split("\n")
        .map((row) => row.split(" | ")[0]),
    ).toEqual(["| durationS", "| ---", "| 30"]);
    expect(stderr).toContain("missing: durationS=604800 (0 of 1 simulations done)");
    const { isPartial, points } = JSON.parse(readFileSync(json, "utf8"));
    expect(isPartial).toBe(true);
    expect(points.map(({ figures }: { figures: unknown[] }) => figures.length)).toEqual([1, 0]);
  },
);

test("what is done is in the file, whatever ends the sweep", async () => {
  const json = join(folder, "killed.json");
  await interruptedCommand(PROGRAM, ["sweep", scenario, ...LONG, "--json", json], "1 of 2", "SIGKILL");
  const { isPartial, points } = JSON.parse(readFileSync(json, "utf8"));
  expect(isPartial).toBe(true);
  expect(points[0]).toMatchObject({ value: 30, figures: [{ sessions: 200 }] });
});

test("a place that this machine cannot hold is named; the others are shown", async () => {
  const args = ["sweep", scenario, "--vary", "audience.viewers=2,100000", "--replicas", "1"];
  const { code, stdout, stderr } = await runCommand(PROGRAM, args, {
    NODE_OPTIONS: "--max-old-space-size=24",
  });
  expect(code).toBe(1);
  expect(stdout).toMatch(/\n\| 2 \| [^\n]+\n$/);
  expect(stderr).toMatch(
    /audience\.viewers=100000, seed 1 failed: audience\.viewers: expected as many as fit into the \d+ MiB/,
  );
  expect(stderr).toContain("missing: audience.viewers=100000 (0 of 1 simulations done)");
});

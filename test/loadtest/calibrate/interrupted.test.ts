import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { interruptedCommand, runCommand } from "../../support/command.js";

/** Each starts a process with threads; on a busy machine that takes its time. */
vi.setConfig({ testTimeout: 60_000 });

const PROGRAM = "loadtest/cli.js";
const folder = mkdtempSync(join(tmpdir(), "nearcast-"));

/** Results of the offload benchmark, as if these had played. */
function offloadFile(
  name: string,
  runs: readonly { scenario: string; viewers: number; seconds: number }[],
): string {
  const file = join(folder, name);
  const common = { engine: "nearcast", isPartial: false, figures: { offload: 0.856, copiesMean: 1 } };
  writeFileSync(file, JSON.stringify({ runs: runs.map((run) => ({ ...common, ...run })) }));
  return file;
}

const live6 = { scenario: "live6", viewers: 8, seconds: 120 };

function rowsOf(table: string): string[] {
  return table.split("\n").filter((line) => line.startsWith("| bench-"));
}

test("after an interrupt the rows that are done are shown and the others named", async () => {
  const offload = offloadFile("long.json", [
    live6,
    // Nobody waits for this one.
    { scenario: "live18", viewers: 1_000, seconds: 600_000 },
    { scenario: "churn6", viewers: 8, seconds: 120 },
  ]);
  const markdown = join(folder, "interrupted.md");
  const args = ["calibrate", "--offload", offload, "--markdown", markdown];
  const { code, stdout, stderr } = await interruptedCommand(PROGRAM, args, "1 of 3 rows");
  expect(code).toBe(130);
  expect(rowsOf(stdout)).toEqual([
    expect.stringMatching(/^\| bench-live6 .* within \|$/),
    ...rowsOf(stdout).slice(1),
  ]);
  expect(stderr).toContain(
    "missing: bench-churn6, 8 browsers (offload benchmark) (0 of 1 runs and 0 of 31 simulations done)",
  );
  expect(rowsOf(readFileSync(markdown, "utf8"))).toEqual(rowsOf(stdout));
});

test("what is done is in the file, whatever ends the comparison", async () => {
  const offload = offloadFile("killed.json", [
    live6,
    { scenario: "live18", viewers: 1_000, seconds: 600_000 },
  ]);
  const markdown = join(folder, "killed.md");
  await interruptedCommand(
    PROGRAM,
    ["calibrate", "--offload", offload, "--markdown", markdown],
    "1 of 2 rows",
    "SIGKILL",
  );
  expect(rowsOf(readFileSync(markdown, "utf8"))[0]).toMatch(/^\| bench-live6 .* within \|$/);
});

test("a row that fails is named, and the others are shown", async () => {
  const offload = offloadFile("one.json", [live6]);
  const args = ["calibrate", "--offload", offload, "--browsers", "2", "--seconds", "30"];
  const { code, stdout, stderr } = await runCommand(PROGRAM, args, { CHROMIUM: "/nowhere/chromium" });
  expect(code).toBe(1);
  expect(rowsOf(stdout)).toEqual([expect.stringMatching(/^\| bench-live6 .* within \|$/)]);
  expect(stderr).toMatch(/bench-live6, 2 browsers failed: \/nowhere\/chromium did not start/);
  expect(stderr).toContain("missing: bench-live6, 2 browsers (0 of 1 runs and 0 of 31 simulations done)");
});

test("rows that cannot be run are refused before the first is run", async () => {
  const offload = offloadFile("refused.json", [live6]);
  const args = ["calibrate", "--offload", offload, "--peers", "1000"];
  const { code, stdout, stderr } = await runCommand(PROGRAM, args);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(
    /^nearcast-loadtest: audience\.viewers: expected at most \d+ headless viewers[^\n]+\n$/,
  );
});

import { expect, test } from "vitest";
import { runCommand } from "../support/command.js";

test("the simulator's bench has a row for each size", async () => {
  const { code, stdout } = await runCommand("loadtest/bench/cli.js", [
    "simulate",
    "--viewers",
    "10,20",
    "--seconds",
    "60",
  ]);
  expect(code).toBe(0);
  const rows = stdout
    .split("\n")
    .flatMap((row) => /│ +(\d+) │ +[\d.]+ │ +[\d.]+ │ +\d+ │/.exec(row)?.slice(1, 2) ?? []);
  expect(rows).toEqual(["10", "20"]);
}, 60_000);

test.each(["0", "1.5", "ten", "10,-1"])(
  "%s is no size",
  async (sizes) => {
    const { code, stderr } = await runCommand("loadtest/bench/cli.js", ["simulate", "--viewers", sizes]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/--viewers[^\n]*\n$/);
  },
  30_000,
);

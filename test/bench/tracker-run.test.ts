import { expect, test } from "vitest";
import { runCommand } from "../support/command.js";

test("the tracker's memory bench has a row with both trackers and what must hold", async () => {
  const { code, stdout } = await runCommand("loadtest/bench/cli.js", [
    "tracker-memory",
    ...["--sockets", "1100", "--rounds", "1", "--settle", "1"],
  ]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^1100 sockets held/m);
  expect(stdout).toMatch(
    /^\| resident memory per socket, KiB \| -?[\d.]+ \| -?[\d.]+ \| -?[\d.]+ \| .* \| ≤ 1 \|$/m,
  );
}, 60_000);

test("the tracker bench answers every offer of a small run", async () => {
  const { code, stdout } = await runCommand("loadtest/bench/cli.js", [
    "tracker",
    ...[
      "--sockets",
      "20",
      "--swarm",
      "10",
      "--offers",
      "2",
      "--rate",
      "20",
      "--seconds",
      "1",
      "--rounds",
      "1",
    ],
  ]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^\| CPU per announce, µs \| \d+ \| \d+ \|/m);
  expect(stdout).toMatch(/^\| offers answered, share \| [\d.]+ \| [\d.]+ \|/m);
}, 60_000);

test("the tracker's swarms bench has a row for each tracker, with every offer answered", async () => {
  const { code, stdout } = await runCommand("loadtest/bench/cli.js", [
    "tracker-swarms",
    ...["--sockets", "40", "--swarm", "10", "--stock", "20"],
    ...["--offers", "2", "--rate", "20", "--seconds", "1", "--rounds", "1"],
  ]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^\| ours, 40 peers \| \d+ \| \d+ \| [\d.]+ \| .* \| ≤ 1.2 \| [\d.]+ \|$/m);
  expect(stdout).toMatch(/^\| stock, 20 peers \| \d+ \| \d+ \| [\d.]+ \| .* \| [\d.]+ \|$/m);
}, 60_000);

test("the tracker's nodes bench has two nodes introduce through a real Redis", async () => {
  const { code, stdout } = await runCommand("loadtest/bench/cli.js", [
    "tracker-nodes",
    ...["--sockets", "20", "--swarm", "10"],
    ...["--offers", "2", "--rate", "20", "--seconds", "1", "--rounds", "1"],
  ]);
  expect(code).toBe(0);
  for (const row of ["every introduction between the nodes", "every swarm at home at the other node"])
    expect(stdout).toMatch(
      new RegExp(`^\\| ${row} \\| \\d+ \\| \\d+ \\| -?\\d+ \\| .* \\| ≤ 100 \\| [\\d.]+ \\|$`, "m"),
    );
}, 120_000);

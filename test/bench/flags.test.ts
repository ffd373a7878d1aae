import { expect, test } from "vitest";
import { FlagError } from "../../command-line/flags.js";
import { readOffloadFlags } from "../../loadtest/bench/offload/flags.js";

test("without flags everything is run", () => {
  expect(readOffloadFlags([])).toMatchObject({
    flags: {
      scenarios: [
        "vod",
        "live6",
        "live18",
        "abr",
        "uplinks18",
        "uplinks8",
        "uneven18",
        "narrow8",
        "downlinks",
        "churn6",
      ],
      engines: ["plain", "stock", "tuned", "nearcast"],
      viewers: 8,
      seconds: 120,
      runs: 3,
    },
  });
});

test("several names follow one flag, and are run in the bench's own order", () => {
  const read = readOffloadFlags([
    "--scenario",
    "live18",
    "vod",
    "--engine",
    "nearcast",
    "plain",
    "--runs",
    "1",
  ]);
  expect(read).toMatchObject({
    flags: { scenarios: ["vod", "live18"], engines: ["plain", "nearcast"], runs: 1 },
  });
});

test("the help names every scenario", () => {
  expect(readOffloadFlags(["--help"])).toMatchObject({ help: expect.stringContaining("uneven18") });
});

test.each([
  [["--scenario", "live7"], /--scenario.*'live7' is invalid.*vod, live6/],
  [["--engine", "fast"], /--engine.*'fast' is invalid.*plain, stock, tuned, nearcast/],
  [["--viewers", "0"], /--viewers.*Expected 1-32/],
  [["--seconds", "1.5"], /--seconds.*Expected 5-3600/],
  [["--runs", "many"], /--runs.*Expected 1-100/],
  [["--sekonds", "10"], /unknown option '--sekonds'/],
  [["live6"], /too many arguments/],
  [["--continue"], /--continue: expected --json/],
])("%j is refused in one line that names the flag", (argv, expected) => {
  const read = () => readOffloadFlags(argv);
  expect(read).toThrow(FlagError);
  expect(read).toThrow(expected);
  expect(read).not.toThrow(/\n/);
});

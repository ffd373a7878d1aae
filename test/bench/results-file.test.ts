import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { FlagError } from "../../command-line/flags.js";
import { readEarlier } from "../../loadtest/bench/offload/results-file.js";

const folder = mkdtempSync(join(tmpdir(), "nearcast-results-"));
afterAll(() => rmSync(folder, { recursive: true }));

const NOW = { viewers: 8, seconds: 120, page: "aa" };
const RUN = {
  page: "aa",
  scenario: "live6",
  engine: "plain",
  round: 1,
  viewers: 8,
  seconds: 120,
  isPartial: false,
};

function written(content: unknown): string {
  const file = join(folder, "results.json");
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}

function results(change: object, run: object = {}) {
  return { commands: ["first"], runs: [{ ...RUN, figures: { offload: 0 }, ...run }], ...change };
}

test("complete runs of the same build and size are kept, interrupted ones are made again", () => {
  const { commands, runs } = readEarlier(written(results({})), NOW);
  expect(commands).toEqual(["first"]);
  expect(runs).toMatchObject([RUN]);
  expect(readEarlier(written(results({}, { isPartial: true })), NOW).runs).toEqual([]);
});

test("a file that is not there yet, or still empty, holds no runs", () => {
  expect(readEarlier(join(folder, "none.json"), NOW).runs).toEqual([]);
  expect(readEarlier(written(""), NOW).runs).toEqual([]);
});

test.each([
  ["another build", results({}, { page: "bb" }), /another build of the players \(bb, now aa\)/],
  ["fewer viewers", results({}, { viewers: 4 }), /runs of 4 viewers and 120 s, expected 8 and 120/],
  ["other JSON", { runs: 3 }, /was not written by --json/],
  ["no JSON", "{", /not valid JSON/],
])("a file of %s is refused in one line", (_what, content, expected) => {
  const file = written(content);
  expect(() => readEarlier(file, NOW)).toThrow(FlagError);
  expect(() => readEarlier(file, NOW)).toThrow(expected);
});

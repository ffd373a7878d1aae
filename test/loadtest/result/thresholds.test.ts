import { expect, test } from "vitest";
import { FlagError } from "../../../command-line/flags.js";
import { FIGURE_NAMES, type Figures } from "../../../loadtest/result/figures.js";
import { brokenThresholds, parseThreshold } from "../../../loadtest/result/thresholds.js";

const figures = {
  ...(Object.fromEntries(FIGURE_NAMES.map((name) => [name, 0])) as unknown as Figures),
  offload: 0.75,
  copiesMean: null,
};

function broken(...conditions: string[]): string[] {
  return brokenThresholds(conditions.map(parseThreshold), figures).map(({ text }) => text);
}

test("a condition that holds fails the run, and only that", () => {
  expect(broken("offload<0.8", "offload<0.7", "offload<0.75")).toEqual(["offload<0.8"]);
  expect(broken("offload <= 0.75", "offload>=0.75", "offload > 0.75")).toEqual([
    "offload <= 0.75",
    "offload>=0.75",
  ]);
  expect(broken("stallRatio>1e-3", "stalls>0")).toEqual([]);
});

test("a figure that this run does not have cannot pass", () => {
  expect(broken("copiesMean>5", "copiesMean<5")).toEqual(["copiesMean>5", "copiesMean<5"]);
});

test.each(["offload", "offload=0.8", "offload<", "offload<x", "<0.8", "offload<0.8;stalls>0", ""])(
  "%j is no condition",
  (text) => expect(() => parseThreshold(text)).toThrow(FlagError),
);

test("an unknown figure is answered with the known ones", () => {
  expect(() => parseThreshold("ofload<0.8")).toThrow(/no figure 'ofload'; known are .*offload, /);
});

import { expect, test } from "vitest";
import { ENGINE_NAMES } from "../../loadtest/bench/offload/engines.js";
import { joinTimes } from "../../loadtest/bench/offload/joins.js";
import { planRuns } from "../../loadtest/bench/offload/plan.js";
import { SCENARIOS } from "../../loadtest/bench/offload/scenarios.js";
import { seededRandom } from "../../loadtest/bench/random.js";

test("each round begins with another engine and runs all of them", () => {
  const plan = planRuns({ scenarios: ["live6"], engines: ["plain", "stock", "nearcast"], runs: 4 });
  expect(plan.map(({ round, engine }) => `${round} ${engine}`)).toEqual([
    ...["1 plain", "1 stock", "1 nearcast"],
    ...["2 stock", "2 nearcast", "2 plain"],
    ...["3 nearcast", "3 plain", "3 stock"],
    ...["4 plain", "4 stock", "4 nearcast"],
  ]);
});

test("every scenario is run with every engine as often as asked for", () => {
  const plan = planRuns({ scenarios: ["vod", "abr"], engines: ENGINE_NAMES, runs: 2 });
  expect(new Set(plan.map((run) => JSON.stringify(run))).size).toBe(2 * 4 * 2);
  expect(plan.map(({ scenario }) => scenario)).toEqual([...Array(8).fill("vod"), ...Array(8).fill("abr")]);
});

test("a round's audience is the same for all engines, and another round's is not", () => {
  const [first, again, second] = [1, 1, 2].map((round) => joinTimes(8, SCENARIOS.live6, seededRandom(round)));
  expect(first).toEqual(again);
  expect(first).not.toEqual(second);
});

test("viewers on demand come at even intervals", () => {
  expect(joinTimes(4, SCENARIOS.vod, seededRandom(1))).toEqual([0, 2_000, 4_000, 6_000]);
});

test("live viewers come in order, each within its jitter", () => {
  const times = joinTimes(32, SCENARIOS.live6, seededRandom(3));
  expect(times).toEqual([...times].sort((a, b) => a - b));
  const { joinEveryMs, joinJitterMs } = SCENARIOS.live6;
  expect(times.at(-1)).toBeLessThan(31 * joinEveryMs + joinJitterMs);
});

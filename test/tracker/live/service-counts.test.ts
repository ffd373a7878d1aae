import fc from "fast-check";
import { expect, test } from "vitest";
import { parseStreamName } from "../../../player/protocol/index.js";
import { ServiceCounts } from "../../../tracker/live/service-counts.js";
import { nothing } from "../../../tracker/reports/tally.js";

const NEWS = parseStreamName("news");

/** Counters of one tracker, all of which a report or a refusal moves on. */
function tracker() {
  const cohorts = { p2p: nothing(), holdout: nothing(), off: nothing() };
  const named = () => new Map([["known", 0]]);
  const read = { introductions: named(), refusals: named(), reports: named() };
  const counts = new ServiceCounts({
    totals: () => new Map([[NEWS, cohorts]]),
    introductions: () => read.introductions,
    refusals: () => read.refusals,
    reports: () => read.reports,
  });
  const report = (bytes: number) => {
    cohorts.p2p.bytesFromPeers += bytes;
    cohorts.p2p.reports += 1;
  };
  const refuse = () => read.refusals.set("known", (read.refusals.get("known") ?? 0) + 1);
  return { counts, report, refuse };
}

test("two trackers that tell each other what has grown have the same counts, whoever counted", () => {
  const action = fc.record({ at: fc.nat(1), bytes: fc.nat(1e9), refused: fc.boolean(), tells: fc.boolean() });
  fc.assert(
    fc.property(fc.array(action), (actions) => {
      const trackers = [tracker(), tracker()] as const;
      const tell = (from: number) => {
        const growth = trackers[from as 0 | 1].counts.takeGrowth();
        if (growth !== undefined)
          trackers[(1 - from) as 0 | 1].counts.learn(JSON.parse(JSON.stringify(growth)));
      };
      for (const { at, bytes, refused, tells } of actions) {
        if (refused) trackers[at as 0 | 1].refuse();
        else trackers[at as 0 | 1].report(bytes);
        if (tells) tell(at);
      }
      tell(0);
      tell(1);
      const reported = actions.filter(({ refused }) => !refused);
      for (const { counts } of trackers) {
        expect(counts.totals().get(NEWS)?.p2p).toMatchObject({
          reports: reported.length,
          bytesFromPeers: reported.reduce((sum, { bytes }) => sum + bytes, 0),
        });
        expect(counts.refusals().get("known")).toBe(actions.length - reported.length);
        expect(counts.takeGrowth()).toBeUndefined();
      }
    }),
  );
});

test.each([
  ["nothing at all", undefined],
  ["a negative count", { streams: {}, introductions: { known: -1 }, refusals: {}, reports: {} }],
  ["a count that is none", { streams: {}, introductions: {}, refusals: { known: "1" }, reports: {} }],
  [
    "a stream with a name that is none",
    { streams: { "<b>": {} }, introductions: {}, refusals: {}, reports: {} },
  ],
])("%s is not learned", (_what, told) => {
  const { counts } = tracker();
  expect(() => counts.learn(told)).toThrow();
  expect(counts.introductions().get("known")).toBe(0);
});

test("names that this tracker does not know are passed over", () => {
  const { counts } = tracker();
  counts.learn({ streams: {}, introductions: { known: 2, unknown: 3 }, refusals: {}, reports: {} });
  expect([...counts.introductions()]).toEqual([["known", 2]]);
});

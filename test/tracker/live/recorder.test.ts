import fc from "fast-check";
import { expect, test } from "vitest";
import { parseStreamName } from "../../../player/protocol/index.js";
import { Recorder } from "../../../tracker/live/recorder.js";
import { nothing } from "../../../tracker/reports/tally.js";

const NEWS = parseStreamName("news");

/** A recorder of one stream, on a clock of the test's. */
function record() {
  const cohorts = { p2p: nothing(), holdout: nothing(), off: nothing() };
  const refusals = new Map([["token", 0]]);
  let nowMs = 1_000;
  const recorder = new Recorder({
    now: () => nowMs,
    reportIntervalS: 10,
    totals: () => new Map([[NEWS, cohorts]]),
    introductions: () => new Map(),
    refusals: () => refusals,
    reports: () => new Map(),
  });
  return {
    recorder,
    refusals,
    report(fromPeers: number, fromOrigin: number) {
      cohorts.p2p.bytesFromPeers += fromPeers;
      cohorts.holdout.bytesFromOrigin += fromOrigin;
      cohorts.p2p.reports += 1;
    },
    pass(seconds: number) {
      for (let second = 0; second < seconds; second++) {
        nowMs += 1_000;
        recorder.sample();
      }
    },
  };
}

test("each byte that was reported is told once, however often the history is asked for", () => {
  const step = fc.record({
    seconds: fc.integer({ min: 1, max: 40 }),
    bytes: fc.nat(1_000),
    isRead: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const { recorder, report, pass } = record();
      let [since, told, reported] = [0, 0, 0];
      const read = () => {
        const { end } = recorder;
        told += recorder.history(NEWS, since).fromPeers.reduce((sum, bytes) => sum + bytes, 0);
        since = end;
      };
      for (const { seconds, bytes, isRead } of steps) {
        report(bytes, 0);
        reported += bytes;
        pass(seconds);
        if (isRead) read();
      }
      pass(10);
      read();
      expect(told).toBe(reported);
    }),
  );
});

test("rates are means over three reports of all cohorts, and absent before there were so many", () => {
  const { recorder, report, pass } = record();
  report(3_000, 1_000);
  pass(29);
  expect(recorder.rates(NEWS)).toBeNull();
  pass(1);
  expect(recorder.rates(NEWS)).toEqual({
    fromPeers: 100,
    fromOrigin: 1_000 / 30,
    wastedFromOrigin: 0,
    originSent: null,
  });
  pass(30);
  expect(recorder.rates(undefined)).toMatchObject({ fromPeers: 0, fromOrigin: 0 });
  expect(recorder.lastReportAgoS(NEWS)).toBe(59);
  expect(recorder.lastReportAgoS("other")).toBeNull();
});

test("what was refused is told with when it last was, and forgotten as recent after five minutes", () => {
  const { recorder, refusals, pass } = record();
  pass(3);
  expect(recorder.counts().refusals).toEqual([]);
  refusals.set("token", 4);
  pass(7);
  expect(recorder.counts().refusals).toEqual([{ name: "token", recent: 4, total: 4, lastAgoS: 6 }]);
  pass(320);
  expect(recorder.counts().refusals).toEqual([{ name: "token", recent: 0, total: 4, lastAgoS: 326 }]);
});

test("the history of an hour is kept, not more", () => {
  const { recorder, report, pass } = record();
  for (let minute = 0; minute < 90; minute++) {
    report(60, 0);
    pass(60);
  }
  const { fromPeers, stepS } = recorder.history(NEWS, 0);
  expect(fromPeers.length * stepS).toBe(3_600);
  expect(fromPeers.reduce((sum, bytes) => sum + bytes, 0)).toBe(3_600);
});

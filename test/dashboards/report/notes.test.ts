import { expect, test } from "vitest";
import type { Measured } from "../../../dashboards/report/measured.js";
import { notesOn } from "../../../dashboards/report/notes.js";
import { savingsOf } from "../../../dashboards/report/savings.js";
import { coveredIntervals, type Target } from "../../../dashboards/report/targets.js";

const MINUTE_MS = 60_000;
const grid = { fromMs: 0, toMs: 4 * MINUTE_MS, stepMs: MINUTE_MS, steps: 4 };

/** @param isPresent by point. */
function server(kind: Target["kind"], startedS: number, isPresent: readonly boolean[]): [string, Target] {
  return [kind, { kind, instance: kind, isPresent, startedS: Float64Array.from(isPresent, () => startedS) }];
}

/** Sentences on two servers that are there from a minute on until the end, but for the last minute of the origin. */
function notesOfPeriod(startedS: number): string[] {
  const targets = new Map([
    server("tracker", startedS, [false, true, true, true, true]),
    server("origin", startedS, [false, true, true, true, false]),
  ]);
  const measured: Measured = {
    grid,
    targets,
    isCovered: coveredIntervals(targets, grid),
    reportedBytes: [],
    sentBytes: [],
    experience: {} as Measured["experience"],
    reports: new Map(),
    implausibleSessions: 0,
  };
  return notesOn(measured, { total: savingsOf(measured, 0.02, () => true), streams: [] }, true);
}

const leftOut = (notes: readonly string[]) =>
  notes.filter((note) => note.includes("is left out of all figures"));

test("time is only said to be left out where it is", () => {
  const untilTheEnd = "No origin was scraped from 1970-01-01 00:03 UTC to 1970-01-01 00:04 UTC.";
  // What was started within a minute has been counted from its first byte on.
  expect(leftOut(notesOfPeriod(30))).toEqual([expect.stringContaining(untilTheEnd)]);
  const [tracker, ...ofOrigin] = leftOut(notesOfPeriod(-500));
  expect(tracker).toContain("No tracker was scraped from 1970-01-01 00:00 UTC to 1970-01-01 00:01 UTC.");
  expect(ofOrigin).toHaveLength(2);
});

import { expect, test } from "vitest";
import { timeText, timeTicks } from "../../pages/time-ticks.js";

const at = (time: string) => Date.parse(time) / 1000;

test("ticks of a day are times of day, with the day where it begins", () => {
  const ticks = ["2026-11-23T18:00Z", "2026-11-24T00:00Z", "2026-11-24T06:00Z"].map(at);
  expect(timeTicks(ticks)).toEqual(["18:00", "Nov 24", "06:00"]);
});

test("ticks less than a minute apart have seconds", () => {
  expect(timeTicks(["2026-11-24T19:25:30Z", "2026-11-24T19:25:45Z"].map(at))).toEqual([
    "19:25:30",
    "19:25:45",
  ]);
});

test("a moment has its day", () => {
  expect(timeText(at("2026-11-24T23:59Z"))).toBe("Nov 24, 23:59");
});

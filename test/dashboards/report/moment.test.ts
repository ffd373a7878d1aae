import { expect, test } from "vitest";
import { parseMoment } from "../../../dashboards/report/moment.js";

const NOW_MS = Date.parse("2026-11-24T12:00:00Z");

test.each([
  ["now", "2026-11-24T12:00:00Z"],
  ["7d", "2026-11-17T12:00:00Z"],
  ["now-30m", "2026-11-24T11:30:00Z"],
  ["2026-11-01", "2026-11-01T00:00:00Z"],
  ["2026-11-01T18:00", "2026-11-01T18:00:00Z"],
  ["2026-11-01T18:00+01:00", "2026-11-01T17:00:00Z"],
])("%s is %s", (text, iso) => {
  expect(parseMoment(text, NOW_MS)).toBe(Date.parse(iso));
});

test.each(["", "yesterday", "-7d", "7", "7y", "2026-13-01", "2026-11-01T25:00", "11/01/2026"])(
  "%j is refused",
  (text) => {
    expect(parseMoment(text, NOW_MS)).toBeUndefined();
  },
);

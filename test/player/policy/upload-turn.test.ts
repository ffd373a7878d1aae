import fc from "fast-check";
import { expect, test } from "vitest";
import { isNeededSoon, mayGoFirst, TURN_MS } from "../../../player/policy/upload-turn.js";

const seconds = fc.double({ min: 0, max: 1e6, noNaN: true });
const start = fc.option(seconds, { nil: undefined });

test("nobody waits longer than a turn, and nobody for a later segment", () => {
  fc.assert(
    fc.property(start, start, fc.nat({ max: 2 * TURN_MS }), (startS, firstS, freeMs) => {
      const isSooner = startS !== undefined && firstS !== undefined && startS <= firstS;
      if (freeMs >= TURN_MS || firstS === undefined || isSooner)
        expect(mayGoFirst(startS, firstS, freeMs)).toBe(true);
      else expect(mayGoFirst(startS, firstS, freeMs)).toBe(false);
    }),
  );
});

test("of two segments the one that is played sooner is needed soon if the other one is", () => {
  fc.assert(
    fc.property(seconds, seconds, seconds, (positionS, one, other) => {
      const [sooner, later] = [Math.min(one, other), Math.max(one, other)];
      if (isNeededSoon({ startS: later, positionS }))
        expect(isNeededSoon({ startS: sooner, positionS })).toBe(true);
    }),
  );
});

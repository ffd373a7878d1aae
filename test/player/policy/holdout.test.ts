import fc from "fast-check";
import { expect, test } from "vitest";
import { isHoldout } from "../../../player/policy/holdout.js";

test("of many sessions the share that is asked for is held out", () => {
  const sessions = Array.from({ length: 20_000 }, (_, index) => `session-${index}`);
  for (const share of [0, 0.05, 0.5, 1]) {
    const count = sessions.filter((session) => isHoldout(session, share)).length;
    expect(Math.abs(count / sessions.length - share)).toBeLessThan(0.01);
  }
});

test("a larger share contains the smaller one, and a session's answer never changes", () => {
  const shares = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.string(), shares, shares, (session, a, b) => {
      const [small, large] = [Math.min(a, b), Math.max(a, b)];
      if (isHoldout(session, small)) expect(isHoldout(session, large)).toBe(true);
      expect(isHoldout(session, a)).toBe(isHoldout(session, a));
    }),
  );
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { Calendar } from "../../../loadtest/simulate/calendar.js";

function drain(calendar: Calendar) {
  const out: { timeMs: number; kind: number; first: number; second: number }[] = [];
  while (calendar.pop()) {
    const { timeMs, kind, first, second } = calendar.event;
    out.push({ timeMs, kind, first, second });
  }
  return out;
}

test("events come out in the order of time, those of one time in the order in which they were added", () => {
  const times = fc.array(fc.oneof(fc.nat({ max: 20 }), fc.nat({ max: 100_000 })), { maxLength: 3_000 });
  fc.assert(
    fc.property(times, fc.constantFrom(0.5, 3, 1_000), (list, pageMs) => {
      const calendar = new Calendar(pageMs);
      list.forEach((timeMs, index) => {
        calendar.push(timeMs, index % 32, index, -1 - index);
      });
      const expected = list
        .map((timeMs, index) => ({ timeMs, kind: index % 32, first: index, second: -1 - index }))
        .sort((a, b) => a.timeMs - b.timeMs || a.first - b.first);
      expect(drain(calendar)).toEqual(expected);
    }),
    { numRuns: 30 },
  );
});

test("what is added while others are taken out finds its place", () => {
  const steps = fc.array(fc.tuple(fc.nat({ max: 100 }), fc.boolean()), { maxLength: 500 });
  fc.assert(
    fc.property(steps, fc.constantFrom(0.5, 3, 1_000), (list, pageMs) => {
      const calendar = new Calendar(pageMs);
      const model: { timeMs: number; order: number }[] = [];
      list.forEach(([timeMs, takesOut], order) => {
        calendar.push(timeMs, 1, order, 0);
        model.push({ timeMs, order });
        if (!takesOut) return;
        model.sort((a, b) => a.timeMs - b.timeMs || a.order - b.order);
        calendar.pop();
        expect(calendar.event.first).toBe(model.shift()?.order);
      });
    }),
  );
});

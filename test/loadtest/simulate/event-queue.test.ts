import fc from "fast-check";
import { expect, test } from "vitest";
import { EventQueue } from "../../../loadtest/simulate/event-queue.js";

function drain(queue: EventQueue) {
  const out: { timeMs: number; kind: number; first: number; second: number }[] = [];
  while (queue.pop()) {
    const { timeMs, kind, first, second } = queue;
    out.push({ timeMs, kind, first, second });
  }
  return out;
}

test("events come out in the order of time, those of one time in the order in which they were added", () => {
  const times = fc.array(fc.nat({ max: 20 }), { maxLength: 3_000 });
  fc.assert(
    fc.property(times, (list) => {
      const queue = new EventQueue();
      list.forEach((timeMs, index) => {
        queue.push(timeMs, index % 256, index, -1 - index);
      });
      const expected = list
        .map((timeMs, index) => ({ timeMs, kind: index % 256, first: index, second: -1 - index }))
        .sort((a, b) => a.timeMs - b.timeMs || a.first - b.first);
      expect(drain(queue)).toEqual(expected);
      expect(queue.size).toBe(0);
    }),
    { numRuns: 30 },
  );
});

test("what is added while others are taken out finds its place", () => {
  const steps = fc.array(fc.tuple(fc.nat({ max: 100 }), fc.boolean()), { maxLength: 500 });
  fc.assert(
    fc.property(steps, (list) => {
      const queue = new EventQueue();
      const model: { timeMs: number; order: number }[] = [];
      list.forEach(([timeMs, takesOut], order) => {
        queue.push(timeMs, 1, order, 0);
        model.push({ timeMs, order });
        if (!takesOut) return;
        model.sort((a, b) => a.timeMs - b.timeMs || a.order - b.order);
        queue.pop();
        expect(queue.first).toBe(model.shift()?.order);
      });
    }),
  );
});

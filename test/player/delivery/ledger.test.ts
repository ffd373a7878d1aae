import fc from "fast-check";
import { expect, test } from "vitest";
import { Ledger } from "../../../player/delivery/ledger.js";
import { programmeSegment } from "../../support/programme-segments.js";

const sources = fc.constantFrom("peer" as const, "origin" as const);
const sizes = fc.integer({ min: 1, max: 1_000_000 });
const steps = fc.array(
  fc.oneof(
    fc.record({
      do: fc.constant("arrive" as const),
      bytes: sizes,
      source: sources,
      isVerified: fc.boolean(),
    }),
    fc.record({ do: fc.constantFrom("play" as const, "drop" as const), which: fc.nat({ max: 30 }) }),
    fc.record({ do: fc.constant("lose" as const), bytes: sizes, source: sources }),
    fc.record({ do: fc.constant("reject" as const), bytes: sizes }),
    fc.record({ do: fc.constant("pass" as const), bytes: sizes, segmentS: fc.constantFrom(undefined, 2) }),
  ),
);

test("every byte that came is played, ahead, wasted or rejected, and only one of these", () => {
  fc.assert(
    fc.property(steps, (all) => {
      const ledger = new Ledger();
      let received = 0;
      let arrivals = 0;
      for (const step of all) {
        switch (step.do) {
          case "arrive":
            ledger.arrived(programmeSegment(arrivals++), step.bytes, step.source, step.isVerified);
            break;
          case "play":
            ledger.played(programmeSegment(step.which));
            break;
          case "drop":
            ledger.dropped(programmeSegment(step.which));
            break;
          case "lose":
            ledger.lost(step.source, step.bytes);
            break;
          case "reject":
            ledger.reject(step.bytes);
            break;
          case "pass":
            ledger.passed(step.bytes, step.segmentS);
            break;
        }
        if ("bytes" in step) received += step.bytes;
        const { played, ahead, wasted, rejected, unverified } = ledger.totals;
        const accounted = [
          played.peer.bytes,
          played.origin.bytes,
          ...Object.values(ahead),
          ...Object.values(wasted),
        ];
        expect(accounted.reduce((sum, bytes) => sum + bytes, rejected)).toBe(received);
        expect(unverified).toBeLessThanOrEqual(played.peer.bytes);
      }
      const before = ledger.totals;
      ledger.settle();
      expect(ledger.totals.ahead).toEqual({ peer: 0, origin: 0 });
      expect(ledger.totals.played).toEqual(before.played);
    }),
  );
});

test("a segment that is played again from memory counts once", () => {
  const ledger = new Ledger();
  ledger.arrived(programmeSegment(1), 100, "peer", true);
  ledger.played(programmeSegment(1));
  ledger.played(programmeSegment(1));
  ledger.dropped(programmeSegment(1));
  expect(ledger.totals).toMatchObject({
    played: { peer: { bytes: 100, segments: 1 } },
    wasted: { peer: 0 },
  });
});

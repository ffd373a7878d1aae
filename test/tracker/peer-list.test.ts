import fc from "fast-check";
import { expect, test } from "vitest";
import { PeerList } from "../../tracker/peer-list.js";

test("a list holds what was added and not removed, each at exactly one number", () => {
  const step = fc.record({ add: fc.boolean(), peerId: fc.constantFrom("a", "b", "c", "d", "e") });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const list = new PeerList<{ peerId: string }>();
      const expected = new Set<string>();
      for (const { add, peerId } of steps) {
        if (add && !expected.has(peerId)) list.add({ peerId });
        if (!add) expect(list.remove(peerId)?.peerId).toBe(expected.has(peerId) ? peerId : undefined);
        if (add) expected.add(peerId);
        else expected.delete(peerId);
      }
      const numbered = Array.from({ length: list.size }, (_, number) => list.at(number)?.peerId);
      expect(new Set(numbered)).toEqual(expected);
      for (const peerId of expected) expect(list.at(list.numberOf(peerId))).toBe(list.get(peerId));
    }),
  );
});

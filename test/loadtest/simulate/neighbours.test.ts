import fc from "fast-check";
import { expect, test } from "vitest";
import { Neighbours } from "../../../loadtest/simulate/neighbours.js";
import type { Viewer } from "../../../loadtest/simulate/viewer.js";

const VIEWERS = 6;
const MOST = 4;

/** What {@link Neighbours} knows of viewers. */
function viewers(): Viewer[] {
  return Array.from({ length: VIEWERS }, (_, index) => ({ index, peerCount: 0 }) as Viewer);
}

const viewer = fc.nat({ max: VIEWERS - 1 });

test("each viewer's row has the peers that came and did not go, with the rates that were found for them", () => {
  const steps = fc.array(fc.tuple(viewer, viewer, fc.integer({ min: 1, max: 9 })), { maxLength: 200 });
  fc.assert(
    fc.property(steps, (list) => {
      const all = viewers();
      const neighbours = new Neighbours(VIEWERS, MOST);
      const model = all.map(() => new Map<number, number>());
      for (const [one, other, rate] of list) {
        const [at, peer] = [all[one] as Viewer, all[other] as Viewer];
        const known = model[one] as Map<number, number>;
        const place = neighbours.placeOf(at, peer);
        expect(place >= 0).toBe(known.has(other));
        if (place >= 0) {
          neighbours.remove(at, place);
          known.delete(other);
        } else if (known.size < MOST) {
          neighbours.add(at, peer);
          expect(neighbours.rates[neighbours.placeOf(at, peer)]).toBe(0);
          neighbours.rates[neighbours.placeOf(at, peer)] = rate;
          known.set(other, rate);
        }
      }
      for (const at of all) {
        const first = neighbours.first(at);
        const row = Array.from(neighbours.peers.subarray(first, first + at.peerCount), (peer, place) => [
          peer,
          neighbours.rates[first + place],
        ]);
        expect(new Map(row as [number, number][])).toEqual(model[at.index]);
        expect(row).toHaveLength(at.peerCount);
      }
    }),
  );
});

test("a row is no longer than the audience", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 100 }), (audience, most) => {
      const { peers, rates } = new Neighbours(audience, most);
      expect(peers).toHaveLength(audience * Math.min(audience, most));
      expect(rates).toHaveLength(peers.length);
    }),
  );
});

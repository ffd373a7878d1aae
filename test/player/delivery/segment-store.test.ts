import fc from "fast-check";
import { expect, test } from "vitest";
import type { Segment, Track } from "../../../player/delivery/segment.js";
import { SegmentStore } from "../../../player/delivery/segment-store.js";
import {
  mainTrack,
  programmeSegment,
  programmeSegments,
  SEGMENT_S,
} from "../../support/programme-segments.js";

const LIMIT = 1_000;
const audioTrack: Track = { id: "audio:en", type: "audio", fingerprint: "a1" };

/** A segment always has the same bytes, some more than the limit. */
function sizeOf({ number, track }: Segment): number {
  return ((number * 7 + track.id.length) % 23) * 50;
}

function dataOf(segment: Segment): ArrayBuffer {
  return new Uint8Array(sizeOf(segment)).fill(segment.number).buffer;
}

const segments = fc
  .record({ number: fc.nat({ max: 40 }), track: fc.constantFrom(mainTrack, audioTrack) })
  .map(({ number, track }) => programmeSegment(number, track));

const steps = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        do: fc.constant("put" as const),
        segment: segments,
        playheadS: fc.nat({ max: 90 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("delete" as const), segment: segments }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("clear" as const) }) },
  ),
  { maxLength: 60 },
);

/** What goes first: behind the playhead the oldest, then ahead of it the latest. */
function compareDispensable(playheadS: number) {
  return (a: Segment, b: Segment) => {
    const isBehind = (segment: Segment) => segment.endS <= playheadS;
    if (isBehind(a) !== isBehind(b)) return isBehind(a) ? -1 : 1;
    return isBehind(a) ? a.endS - b.endS : b.startS - a.startS;
  };
}

test("the limit holds, and what has to go is the most dispensable, no more of it than necessary", () => {
  fc.assert(
    fc.property(steps, (list) => {
      const store = new SegmentStore(LIMIT);
      let kept: Segment[] = [];
      const total = () => kept.reduce((sum, segment) => sum + sizeOf(segment), 0);
      for (const step of list) {
        if (step.do === "clear") {
          store.clear();
          kept = [];
        } else if (step.do === "delete") {
          store.delete(step.segment);
          kept = kept.filter((other) => other.url !== step.segment.url);
        } else {
          const { segment, playheadS } = step;
          const dropped = store.put(segment, dataOf(segment), playheadS);
          if (sizeOf(segment) > LIMIT) {
            expect(dropped).toEqual([segment]);
          } else {
            kept = kept.filter((other) => other.url !== segment.url);
            for (const gone of dropped) {
              expect(total() + sizeOf(segment)).toBeGreaterThan(LIMIT);
              const byNeed = [...kept].sort(compareDispensable(playheadS));
              expect(compareDispensable(playheadS)(gone, byNeed[0] as Segment)).toBe(0);
              kept = kept.filter((other) => other.url !== gone.url);
            }
            kept.push(segment);
          }
        }
        expect(store.bytes).toBeLessThanOrEqual(LIMIT);
        expect(store.bytes).toBe(total());
        for (const track of [mainTrack, audioTrack]) {
          const expected = kept.filter((segment) => segment.track === track).map(({ number }) => number);
          expect([...store.segmentsOf(track.id)].map(({ number }) => number).sort()).toEqual(expected.sort());
        }
        for (const segment of kept) expect(store.copy(segment)).toEqual(dataOf(segment));
      }
    }),
  );
});

test("a full store drops what was played longest ago, then what is played last", () => {
  const store = new SegmentStore(4);
  for (const segment of programmeSegments(0, 3)) store.put(segment, new ArrayBuffer(1), 0);
  const put = (number: number, playheadS: number) =>
    store.put(programmeSegment(number), new ArrayBuffer(1), playheadS).map((segment) => segment.number);
  expect(put(4, 2 * SEGMENT_S)).toEqual([0]);
  expect(put(5, 2 * SEGMENT_S)).toEqual([1]);
  expect(put(6, 2 * SEGMENT_S)).toEqual([5]);
  // The segment that is being played is not behind the playhead.
  expect(put(7, 3 * SEGMENT_S - 0.1)).toEqual([6]);
});

test("a copy can be taken away without harm to the store", () => {
  const store = new SegmentStore(100);
  const segment = programmeSegment(3);
  store.put(segment, Uint8Array.of(1, 2, 3).buffer, 0);
  const taken = store.copy(segment) as ArrayBuffer;
  new Uint8Array(taken).fill(9);
  structuredClone(taken, { transfer: [taken] });
  expect(taken.byteLength).toBe(0);
  expect(new Uint8Array(store.copy(segment) as ArrayBuffer)).toEqual(Uint8Array.of(1, 2, 3));
  expect(store.bytes).toBe(3);
});

test("a segment that comes again replaces itself and drops nothing", () => {
  const store = new SegmentStore(10);
  store.put(programmeSegment(1), new ArrayBuffer(4), 0);
  store.put(programmeSegment(2), new ArrayBuffer(4), 0);
  expect(store.put(programmeSegment(2), new ArrayBuffer(6), 0)).toEqual([]);
  expect(store.bytes).toBe(10);
});

test("segments of one number in different tracks are different", () => {
  const store = new SegmentStore(10);
  store.put(programmeSegment(1), Uint8Array.of(1).buffer, 0);
  expect(store.has(programmeSegment(1, audioTrack))).toBe(false);
  store.put(programmeSegment(1, audioTrack), Uint8Array.of(2).buffer, 0);
  expect(store.copy(programmeSegment(1))).toEqual(Uint8Array.of(1).buffer);
});

test("what was never stored, or was deleted, is not there", () => {
  const store = new SegmentStore(10);
  const segment = programmeSegment(1);
  expect(store.copy(segment)).toBeUndefined();
  store.put(segment, new ArrayBuffer(1), 0);
  store.delete(segment);
  store.delete(segment);
  expect([store.has(segment), store.copy(segment), store.bytes]).toEqual([false, undefined, 0]);
});

import { expect, test } from "vitest";
import { Schedule } from "../../../loadtest/simulate/schedule.js";
import { UploadTurns } from "../../../loadtest/simulate/upload-turns.js";
import type { Viewer } from "../../../loadtest/simulate/viewer.js";
import type { World } from "../../../loadtest/simulate/world.js";
import { TURN_MS } from "../../../player/policy/upload-turn.js";

const SEGMENT_S = 2;
/** The uploader plays segment 10. */
const [SOON, LATER, FAR] = [11, 12, 20];

function room({ isLive = true } = {}) {
  const schedule = new Schedule(50);
  const uploader = { index: 0, positionS: () => 10 * SEGMENT_S } as unknown as Viewer;
  const world = {
    schedule,
    programme: { isLive, segmentS: SEGMENT_S },
    viewers: [uploader],
    viewer: () => uploader,
  };
  let passed = 0;
  const turns = new UploadTurns(world as unknown as World, () => passed++);
  return {
    turns,
    uploader,
    get passed() {
      return passed;
    },
    wait: (ms: number) => schedule.run(schedule.nowMs + ms, 10),
  };
}

test("a free uplink is kept for the segment that is needed soonest of those that were turned away", () => {
  const { turns, uploader } = room();
  turns.turnedAway(uploader, LATER);
  turns.turnedAway(uploader, SOON);
  turns.told(uploader);
  expect([SOON, LATER, FAR].map((segment) => turns.isKept(0, segment))).toEqual([false, true, true]);
});

test("it is kept for a quarter of a second, and then all are told again", () => {
  const here = room();
  here.turns.turnedAway(here.uploader, SOON);
  here.turns.told(here.uploader);
  here.wait(TURN_MS - 1);
  expect([here.turns.isKept(0, FAR), here.passed]).toEqual([true, 0]);
  here.wait(2);
  expect([here.turns.isKept(0, FAR), here.passed]).toEqual([false, 1]);
});

test("whoever is served takes the turn of all", () => {
  const here = room();
  here.turns.turnedAway(here.uploader, SOON);
  here.turns.told(here.uploader);
  here.turns.taken(here.uploader);
  expect(here.turns.isKept(0, FAR)).toBe(false);
  here.wait(TURN_MS + 1);
  expect(here.passed).toBe(0);
});

test("nothing is kept for what is needed later, nor on demand", () => {
  for (const [here, segment] of [
    [room(), FAR],
    [room({ isLive: false }), SOON],
  ] as const) {
    here.turns.turnedAway(here.uploader, segment);
    here.turns.told(here.uploader);
    expect(here.turns.isKept(0, FAR + 1)).toBe(false);
  }
});

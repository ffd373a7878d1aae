import { expect, test } from "vitest";
import { UploadDesk } from "../../../player/delivery/upload-desk.js";
import { BUFFER_MS, SEGMENT_BYTES, SEGMENT_MS } from "../../support/desk-room.js";
import { ManualClock } from "../../support/manual-clock.js";

test("a flood of requests gets no more than the budget, and the peers are called back once there is more", () => {
  const clock = new ManualClock();
  let freed = 0;
  const budget = {
    ratio: 1,
    allowanceBytes: 2 * SEGMENT_BYTES,
    bytesPerMs: Number.POSITIVE_INFINITY,
    simultaneous: 8,
  };
  const desk = new UploadDesk({ clock, onFree: () => freed++, guessBytesPerMs: () => 10_000, budget });
  const flood = () => {
    for (let request = 0; request < 1_000; request++) {
      const peer = `peer ${request % 7}`;
      if (desk.ask(SEGMENT_BYTES, SEGMENT_MS, BUFFER_MS)) desk.moved(peer, SEGMENT_BYTES);
      clock.advance(1);
    }
  };
  flood();
  expect(desk.sent).toBe(2 * SEGMENT_BYTES);
  expect(desk.refused).toBeGreaterThan(900);
  const before = freed;
  desk.arrived(SEGMENT_BYTES, SEGMENT_MS);
  expect(freed).toBe(before + 1);
  flood();
  expect(desk.sent).toBe(3 * SEGMENT_BYTES);

  // The operator lowers it, and raises it again.
  desk.setBudget({ ...budget, ratio: 0 });
  desk.arrived(SEGMENT_BYTES, SEGMENT_MS);
  flood();
  expect(desk.sent).toBe(3 * SEGMENT_BYTES);
  const whileLow = freed;
  desk.setBudget(budget);
  expect(freed).toBe(whileLow + 1);
  flood();
  expect(desk.sent).toBe(4 * SEGMENT_BYTES);
});

test("with a limit on the rate, uploads begin no faster than it allows", () => {
  const clock = new ManualClock();
  let freed = 0;
  const budget = { ratio: 1_000, allowanceBytes: 1e9, bytesPerMs: 100, simultaneous: 8 };
  const desk = new UploadDesk({ clock, onFree: () => freed++, guessBytesPerMs: () => 10_000, budget });
  let asked = 0;
  for (let ms = 0; ms < 20_000; ms += 10) {
    if (desk.ask(SEGMENT_BYTES, SEGMENT_MS, BUFFER_MS)) {
      asked++;
      desk.moved(`peer ${asked}`, SEGMENT_BYTES);
    }
    clock.advance(10);
  }
  // 100 bytes per millisecond are 2,000 kB in 20 s: eight segments, and the first one at once.
  expect(asked).toBe(8);
  expect(freed).toBeGreaterThan(0);
});

import type Hls from "hls.js";
import { expect, test } from "vitest";
import { QualityMeter } from "../../../player/hls/quality.js";
import { ManualClock } from "../../support/manual-clock.js";

const Events = {
  MEDIA_ATTACHED: "attached",
  MEDIA_DETACHING: "detaching",
  LEVEL_SWITCHED: "switched",
} as unknown as typeof Hls.Events;

class Video extends EventTarget {
  autoplay = true;
  paused = false;
  ended = false;
  seeking = false;
  readyState = 4;
  tell(...names: string[]): void {
    for (const name of names) this.dispatchEvent(new Event(name));
  }
}

function open() {
  const clock = new ManualClock();
  const listeners = new Map<string, (event: string, data: unknown) => void>();
  const hls = {
    on: (name: string, listener: (event: string, data: unknown) => void) => listeners.set(name, listener),
    off: (name: string) => listeners.delete(name),
  } as unknown as Hls;
  const meter = new QualityMeter(() => clock.now());
  meter.reset();
  meter.attach(hls, Events);
  const put = () => {
    const video = new Video();
    listeners.get("attached")?.("attached", { media: video });
    return video;
  };
  return { clock, meter, put, takeOff: () => listeners.get("detaching")?.("detaching", {}) };
}

function playing() {
  const room = open();
  const video = room.put();
  room.clock.advance(500);
  video.tell("playing");
  return { ...room, video };
}

test("start-up lasts from the request to the first moving frame, and is no stall", () => {
  const { meter } = playing();
  expect(meter.quality).toMatchObject({ startupMs: 500, stalls: 0, stalledMs: 0 });
});

test("a stop for want of data counts from a tenth of a second on", () => {
  const { clock, meter, video } = playing();
  for (const ms of [90, 400]) {
    video.tell("waiting");
    clock.advance(ms);
    video.tell("playing");
  }
  expect(meter.quality).toMatchObject({ stalls: 1, stalledMs: 400 });
});

test("a stall that ends with a jump has lasted until then; the jump itself is none", () => {
  const { clock, meter, video } = playing();
  video.tell("waiting");
  clock.advance(9_000);
  video.seeking = true;
  video.tell("seeking", "waiting");
  clock.advance(700);
  video.seeking = false;
  video.tell("playing");
  expect(meter.quality).toMatchObject({ stalls: 1, stalledMs: 9_000, playedMs: 0 });
});

test("a player that is put on a video again waits for its start there", () => {
  const { clock, meter, put, takeOff } = playing();
  takeOff();
  const video = put();
  video.tell("waiting");
  clock.advance(800);
  video.seeking = true;
  video.tell("seeking");
  video.seeking = false;
  video.tell("playing");
  expect(meter.quality).toMatchObject({ stalls: 0, stalledMs: 0 });
});

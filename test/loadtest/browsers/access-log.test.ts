import { expect, test } from "vitest";
import { AccessLog } from "../../../loadtest/browsers/access-log.js";
import type { Served } from "../../../origin/index.js";

function served(changes: Partial<Served> = {}): Served {
  return {
    stream: "live",
    kind: "segment",
    path: "720p/1.m4s",
    bytes: 1_000,
    status: 200,
    atMs: 5_000,
    complete: true,
    ...changes,
  };
}

function totals(list: readonly Served[], ...rest: [] | [number]) {
  const log = new AccessLog();
  for (const entry of list) log.add(entry);
  const { copies, ...bytes } = log.totals("live", ...rest);
  return { ...bytes, copies: Object.fromEntries(copies) };
}

test("bytes are told apart by kind, copies by path", () => {
  const list = [
    served(),
    served(),
    served({ path: "720p/2.m4s", bytes: 700 }),
    served({ kind: "playlist", path: "720p/playlist.m3u8", bytes: 50 }),
    served({ kind: "init", path: "720p/init.mp4", bytes: 30 }),
  ];
  expect(totals(list)).toEqual({
    segmentBytes: 2_700,
    playlistBytes: 50,
    initBytes: 30,
    copies: { "720p/1.m4s": 2, "720p/2.m4s": 1 },
  });
});

test("another stream's are left out, and what was served before", () => {
  const list = [served({ stream: "sample" }), served({ atMs: 4_999 }), served({ atMs: 5_000, bytes: 1 })];
  expect(totals(list, 5_000)).toMatchObject({ segmentBytes: 1, copies: { "720p/1.m4s": 1 } });
});

test("what was cut off is no copy, but its bytes were sent", () => {
  expect(totals([served({ complete: false, bytes: 400 })])).toMatchObject({ segmentBytes: 400 });
  expect(totals([served({ complete: false, bytes: 400 })]).copies).toEqual({});
});

test("the sentence that says that there is no segment is neither a copy nor bytes of one", () => {
  expect(totals([served({ status: 404, bytes: 20 })])).toEqual(totals([]));
});

test.each([
  ["a part of it", { status: 206, bytes: 400 }],
  ["its head", { status: 200, bytes: 0 }],
  ["the word that it is not modified", { status: 304, bytes: 0 }],
])("%s is no copy of a segment", (_name, changes) => {
  expect(totals([served(changes)]).copies).toEqual({});
});

test("a log can be handed over as a function", () => {
  const log = new AccessLog();
  [served()].forEach(log.add);
  expect(log.totals("live").segmentBytes).toBe(1_000);
});

test("segments' bytes are there without going through the log, and are the same", () => {
  const log = new AccessLog();
  for (const entry of [
    served(),
    served({ status: 404 }),
    served({ kind: "playlist" }),
    served({ stream: "sample" }),
    served({ complete: false, bytes: 3 }),
  ]) {
    log.add(entry);
    expect(log.segmentBytes("live")).toBe(log.totals("live").segmentBytes);
  }
  expect(log.segmentBytes("live")).toBe(1_003);
});

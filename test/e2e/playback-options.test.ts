import { expect, test } from "vitest";
import { fmp4 } from "../support/made-content.js";
import { receivedAndOriginal, recordReceivedSegments } from "../support/made-content-received.js";
import { useMadeTheatre } from "../support/made-theatre.js";
import { openedConnections, recordConnections } from "../support/opened-connections.js";
import { hasPlayed, UNDISTURBED, until } from "../support/viewers.js";

declare global {
  interface Window {
    /** Requests for segments that this page has sent to peers. */
    requestsSent: number;
    mostStoredBytes: number;
    /** How far the uploads were ahead of what their rate allows, at most. */
    mostUploadedAheadBytes: number;
    largestSegmentBytes: number;
  }
}

const MIB = 1024 * 1024;
const UPLOAD_KBPS = 600;
const RICH_KBPS = 1_200;

const theatre = useMadeTheatre(
  { film: fmp4({ seconds: 16 }), rich: fmp4({ seconds: 40, kbps: RICH_KBPS }) },
  "film",
);

test("through a long programme viewers keep and upload no more than they may, whatever peers ask for", async () => {
  const prepare: typeof recordReceivedSegments = async (page) => {
    await recordReceivedSegments(page);
    await page.addInitScript((bytesPerMs) => {
      window.mostStoredBytes = 0;
      window.mostUploadedAheadBytes = 0;
      window.largestSegmentBytes = 0;
      addEventListener("load", () => {
        window.viewer.hls.nearcast?.addEventListener("segmentloaded", ({ detail }) => {
          window.largestSegmentBytes = Math.max(window.largestSegmentBytes, detail.bytes);
        });
      });
      let uploadsSinceMs: number | undefined;
      setInterval(() => {
        const { hls, video } = window.viewer ?? {};
        const stats = hls?.nearcast?.stats;
        if (!stats) return;
        // Not before there is something to play so fast, which depends on how busy the machine is at the start.
        if (stats.bufferS >= 5) video.playbackRate = 2;
        window.mostStoredBytes = Math.max(window.mostStoredBytes, stats.storedBytes);
        if (stats.bytes.uploaded === 0) uploadsSinceMs = performance.now();
        const allowed = (performance.now() - (uploadsSinceMs ?? 0)) * bytesPerMs;
        window.mostUploadedAheadBytes = Math.max(
          window.mostUploadedAheadBytes,
          stats.bytes.uploaded - allowed,
        );
      }, 10);
    }, UPLOAD_KBPS / 8);
  };
  // A programme is longer than what is buffered of it: nobody has loaded all of it before the other one comes.
  const hls = { maxBufferLength: 6, maxMaxBufferLength: 6 };
  const order = { prepare, hls, nearcast: { memoryLimitMiB: 2, uploadKbps: UPLOAD_KBPS } };
  const first = await theatre.open("rich", order);
  await until(first, hasPlayed(1), "the first viewer plays");
  const second = await theatre.open("rich", order);
  for (const viewer of [first, second]) {
    const seen = await until(viewer, ({ state }) => state === "ended", "the end of the programme", 60_000);
    const most = await viewer.page.evaluate(() => ({
      stored: window.mostStoredBytes,
      uploadedAhead: window.mostUploadedAheadBytes,
      segment: window.largestSegmentBytes,
    }));
    const { received, original } = await receivedAndOriginal(viewer.page);
    expect(seen).toMatchObject(UNDISTURBED);
    expect(seen.loadedBytes).toBeGreaterThan(4 * MIB);
    expect(most.stored).toBeGreaterThan(MIB);
    expect(most.stored).toBeLessThanOrEqual(2 * MIB);
    // What has begun goes on to its end.
    expect(most.uploadedAhead).toBeLessThanOrEqual(most.segment);
    expect(received).toEqual(original);
  }
  // They would upload more if they might: played at twice the speed, the programme takes four times what is allowed.
  expect((await first.snapshot()).uploaded + (await second.snapshot()).uploaded).toBeGreaterThan(MIB / 2);
  expect((await second.snapshot()).fromPeers).toBeGreaterThan(0);
});

test("a viewer who does not upload is asked for nothing and still receives", async () => {
  const taking = await theatre.open("channel", { nearcast: { upload: false } });
  await until(taking, hasPlayed(2), "the viewer plays");
  const other = await theatre.open("channel", {
    prepare: (page) =>
      page.addInitScript(() => {
        const SEGMENT_REQUEST = 1;
        const text = new TextDecoder();
        window.requestsSent = 0;
        const send = RTCDataChannel.prototype.send as (this: RTCDataChannel, data: unknown) => void;
        RTCDataChannel.prototype.send = function (this: RTCDataChannel, data: unknown) {
          const bytes = ArrayBuffer.isView(data)
            ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
            : new Uint8Array(data as ArrayBuffer);
          if (text.decode(bytes.subarray(0, 4)) === "cstr" && bytes[4] === SEGMENT_REQUEST)
            window.requestsSent++;
          send.call(this, data);
        };
      }),
  });
  await until(taking, ({ fromPeers }) => fromPeers > 0, "it gets segments from the other viewer");
  const seen = await until(other, hasPlayed(10), "the other viewer plays on");
  expect(seen).toMatchObject({ ...UNDISTURBED, fromPeers: 0, peers: 1 });
  expect(await taking.snapshot()).toMatchObject({ ...UNDISTURBED, uploaded: 0 });
  expect(await other.page.evaluate(() => window.requestsSent)).toBe(0);
});

test("where peers are switched off, no tracker and no peer is contacted", async () => {
  const usual = await theatre.open("film", { prepare: recordConnections });
  const off = await theatre.open("film", { prepare: recordConnections, nearcast: { enabled: false } });
  const seen = await until(off, hasPlayed(8), "the viewer plays");
  expect(seen).toMatchObject({ ...UNDISTURBED, fromPeers: 0, uploaded: 0, peers: 0 });
  expect(seen.fromOrigin).toBeGreaterThan(0);
  expect(await openedConnections(off.page)).toEqual([]);
  expect(await openedConnections(usual.page)).toContain("WebSocket");
});

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
  }
}

const MIB = 1024 * 1024;

const theatre = useMadeTheatre(
  { film: fmp4({ seconds: 16 }), rich: fmp4({ seconds: 20, kbps: 1_200 }) },
  "film",
);

test("viewers with less memory than the programme share it and never keep more than they may", async () => {
  const prepare: typeof recordReceivedSegments = async (page) => {
    await recordReceivedSegments(page);
    await page.addInitScript(() => {
      window.mostStoredBytes = 0;
      setInterval(() => {
        const stored = window.viewer?.hls.nearcast?.stats.storedBytes ?? 0;
        window.mostStoredBytes = Math.max(window.mostStoredBytes, stored);
      }, 10);
    });
  };
  const order = { prepare, nearcast: { memoryLimitMiB: 1 } };
  const first = await theatre.open("rich", order);
  await until(first, hasPlayed(2), "the first viewer plays");
  const second = await theatre.open("rich", order);
  for (const viewer of [first, second]) {
    const seen = await until(viewer, ({ state }) => state === "ended", "the end of the programme");
    const mostStoredBytes = await viewer.page.evaluate(() => window.mostStoredBytes);
    expect(seen).toMatchObject(UNDISTURBED);
    expect(seen.loadedBytes).toBeGreaterThan(2 * MIB);
    expect(mostStoredBytes).toBeGreaterThan(0);
    expect(mostStoredBytes).toBeLessThanOrEqual(MIB);
    const { received, original } = await receivedAndOriginal(viewer.page);
    expect(received).toEqual(original);
  }
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

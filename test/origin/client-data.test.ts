import fc from "fast-check";
import { expect, test } from "vitest";
import { readClientData } from "../../origin/cmcd/client-data.js";
import { createOrigin, defaultStreams, ORIGIN_METRICS } from "../../origin/index.js";

const read = (text: string) => readClientData(new URLSearchParams({ CMCD: text }), {});

test.each([
  [
    "bl=21300,mtp=48100,bs,su",
    { bufferSeconds: 21.3, throughputBps: 48_100_000, isStarved: true, isStartup: true },
  ],
  [
    'bl=0,ot=v,sid="6e2f"',
    { bufferSeconds: 0, throughputBps: undefined, isStarved: false, isStartup: false },
  ],
  [
    "v=2,bl=(1200;v 900;a),mtp=(500;v)",
    { bufferSeconds: 1.2, throughputBps: 500_000, isStarved: false, isStartup: false },
  ],
  [
    "bl=-1,mtp=999999999999",
    { bufferSeconds: undefined, throughputBps: undefined, isStarved: false, isStartup: false },
  ],
])("CMCD %s is understood", (text, data) => {
  expect(read(text)).toEqual(data);
});

test("CMCD in headers is understood, too", () => {
  const headers = { "cmcd-request": "bl=4000,mtp=1000", "cmcd-status": "bs" };
  expect(readClientData(new URLSearchParams(), headers)).toEqual({
    bufferSeconds: 4,
    throughputBps: 1_000_000,
    isStarved: true,
    isStartup: false,
  });
});

test("whatever a client writes, figures stay within bounds and nothing is thrown", () => {
  const pair = fc.tuple(
    fc.constantFrom("bl", "mtp", "bs", "su", "v", "x"),
    fc.oneof(fc.integer(), fc.string()),
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(pair).map((pairs) => pairs.map(([key, value]) => `${key}=${value}`).join(",")),
  );
  fc.assert(
    fc.property(text, (cmcd) => {
      const { bufferSeconds = 0, throughputBps = 0 } = read(cmcd) ?? {};
      expect(bufferSeconds).toBeGreaterThanOrEqual(0);
      expect(bufferSeconds).toBeLessThanOrEqual(3_600);
      expect(throughputBps).toBeGreaterThanOrEqual(0);
      expect(throughputBps).toBeLessThanOrEqual(1e11);
    }),
  );
});

test("what players report is counted by stream", async () => {
  await using origin = createOrigin({ port: 0, streams: defaultStreams() });
  const { url } = await origin.listen();
  const cmcd = encodeURIComponent("bl=3000,mtp=1500,bs");
  for (const stream of ["sample", "nowhere"]) {
    await (await fetch(`${url}/hls/${stream}/master.m3u8?CMCD=${cmcd}`)).arrayBuffer();
  }
  const text = await (await fetch(`${url}/metrics`)).text();
  expect(text).toContain(`${ORIGIN_METRICS.cmcdBuffer}_sum{stream="sample"} 3`);
  expect(text).toContain(`${ORIGIN_METRICS.cmcdThroughput}_sum{stream="sample"} 1500000`);
  expect(text).toContain(`${ORIGIN_METRICS.cmcdStarvations}{stream="sample"} 1`);
  expect(text).not.toContain("nowhere");
});

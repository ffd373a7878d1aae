import { expect, test } from "vitest";
import { makeRandomContent } from "../../../loadtest/peers/content.js";
import { openOwnStage } from "../../../loadtest/run/own-stage.js";
import { playInRealTime } from "../../../loadtest/run/real-time.js";
import { parseScenario } from "../../../loadtest/scenario/parse.js";

test("a run tells how long this machine held its viewers up", async () => {
  const scenario = parseScenario({
    durationS: 60,
    stream: { kind: "live", segmentS: 1, renditions: [{ kbps: 100 }] },
    audience: { viewers: 1, overS: 0 },
  });
  using content = makeRandomContent(scenario);
  await using stage = await openOwnStage({ stream: content.stream });
  const interrupt = new AbortController();
  let looks = 0;
  const result = await playInRealTime(
    {
      engine: "peers",
      scenario,
      stage,
      shaping: { by: "nothing", about: "", viewers: [] },
      lookEveryMs: 10,
      audience: {
        heldUpMs: 0,
        look: () => {
          looks++;
          if (looks === 3) standStill(300);
          if (looks === 6) interrupt.abort();
        },
        totals: {
          viewers: 1,
          stalled: 0,
          peerBytes: 0,
          uploadedBytes: 0,
          discardedBytes: 0,
          fetchedBytes: 0,
        },
        close: () => {},
        records: [
          {
            startupMs: 1,
            playedMs: 1,
            stalls: 0,
            stalledMs: 0,
            loadedBytes: 1,
            peerBytes: 0,
            uploadedBytes: 0,
            mayUpload: true,
            uplinkBytes: undefined,
            meanPeers: 0,
            latencyS: undefined,
            hasFailed: false,
          },
        ],
      },
    },
    { onMoment: () => {}, signal: interrupt.signal },
  );
  expect(result.figures.heldUpMs).toBeGreaterThanOrEqual(280);
});

/** As a machine does to a process that has to wait for its turn. */
function standStill(forMs: number): void {
  const untilMs = performance.now() + forMs;
  while (performance.now() < untilMs);
}

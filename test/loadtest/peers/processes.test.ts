import { expect, test } from "vitest";
import { headlessViewers } from "../../../loadtest/peers/engine.js";
import { parseScenario } from "../../../loadtest/scenario/parse.js";
import { linkedUdpPorts, mayMakeNamespaces } from "../../support/namespaces.js";
import { processesOfThisProcess } from "../../support/own-processes.js";

const scenario = (changes: { durationS: number; upMbps?: number; downMbps: number }) =>
  parseScenario({
    durationS: changes.durationS,
    stream: { kind: "live", segmentS: 1, renditions: [{ kbps: 400 }], latencySegments: 4 },
    audience: { viewers: 2, arrivals: "interval", overS: 0 },
    networks: [
      {
        name: "lab",
        upMbps: [changes.upMbps ?? 1000, changes.upMbps ?? 1000],
        downMbps: [changes.downMbps, changes.downMbps],
        nat: { open: 1, cone: 0, symmetric: 0, blocked: 0 },
      },
    ],
  });

test("viewers whose process is killed are counted as failed, and the run goes on to its end", async () => {
  let killed = 0;
  const result = await headlessViewers().run(scenario({ durationS: 8, downMbps: 1000 }), {
    signal: new AbortController().signal,
    onMoment: ({ viewers, elapsedS }) => {
      if (killed > 0 || viewers < 2 || elapsedS < 3) return;
      for (const pid of processesOfThisProcess("viewer-process")) {
        process.kill(pid, "SIGKILL");
        killed++;
      }
    },
  });
  expect(killed).toBe(1);
  expect(result).toMatchObject({ isPartial: false, figures: { sessions: 2, failedSessions: 2 } });
  expect(result.timeline.viewers.at(-1)).toBe(0);
}, 60_000);

/** Slow enough to be seen, and fast enough for viewers to meet at once. */
const LINK = { upMbps: 50, downMbps: 2 };

test("viewers with slow links live behind them, many in a process", async () => {
  const slow = scenario({ durationS: 8, ...LINK });
  if (!mayMakeNamespaces()) {
    expect(() => headlessViewers().check(slow)).toThrow(/networks\.0\.upMbps: 50 .*need/);
    return;
  }
  let [processes, udpPorts] = [0, 0];
  const { shaping, distributions, figures } = await headlessViewers().run(slow, {
    signal: new AbortController().signal,
    onMoment: () => {
      processes = Math.max(processes, processesOfThisProcess("viewer-process").length);
      udpPorts = Math.max(udpPorts, linkedUdpPorts());
    },
  });
  expect(processes).toBe(1);
  // Both have connections, at least to each other.
  expect(udpPorts).toBeGreaterThanOrEqual(2);
  expect(shaping).toMatchObject({ by: "namespaces", viewers: [LINK, LINK] });
  expect(figures.failedSessions).toBe(0);
  // A segment of 50 kB, of which at most 32 kB pass at once: a slow machine only makes it longer.
  expect(distributions.startupMs[0]).toBeGreaterThan(((50_000 - 32_768) * 8) / (LINK.downMbps * 1000));
}, 60_000);

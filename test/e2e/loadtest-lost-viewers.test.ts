import { beforeAll, expect, test } from "vitest";
import { browserViewers } from "../../loadtest/browsers/engine.js";
import { parseScenario } from "../../loadtest/scenario/parse.js";
import { processesOfThisProcess } from "../support/own-processes.js";
import { requireProgram } from "../support/program.js";

// The picture that browsers decode is made by it.
beforeAll(() => requireProgram("ffmpeg"));

test("a viewer whose process is killed is counted as failed, with what it had played; the run goes on without it", async () => {
  const scenario = parseScenario({
    about: "the first of two viewers is killed",
    durationS: 18,
    stream: { kind: "live", segmentS: 1, renditions: [{ kbps: 300 }], latencySegments: 4 },
    audience: { viewers: 2, arrivals: "interval", overS: 9, jitterS: 0 },
    networks: [
      {
        name: "machine",
        upMbps: [1000, 1000],
        downMbps: [1000, 1000],
        nat: { open: 1, cone: 0, symmetric: 0, blocked: 0 },
      },
    ],
  });
  const engine = browserViewers();
  engine.check(scenario);
  let killed = 0;
  const result = await engine.run(scenario, {
    signal: new AbortController().signal,
    onMoment: ({ elapsedS, viewers }) => {
      if (killed > 0 || viewers !== 1 || elapsedS < 4) return;
      for (const pid of processesOfThisProcess("--type=renderer")) {
        process.kill(pid, "SIGKILL");
        killed++;
      }
    },
  });
  expect(killed).toBeGreaterThan(0);
  expect(result).toMatchObject({ isPartial: false, figures: { sessions: 2, failedSessions: 1 } });
  expect(result.timeline.viewers).toContain(0);
  // The other one came later, in a new process, and played.
  expect(result.distributions.startupMs.length).toBeGreaterThan(0);
  expect(result.figures.loadedBytes).toBeGreaterThan(0);
}, 90_000);

import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { browserViewers } from "../../loadtest/browsers/engine.js";
import type { LoadResult } from "../../loadtest/result/result.js";
import { readScenario } from "../../loadtest/scenario/read.js";
import { runCommand } from "../support/command.js";
import { linkedUdpPorts, mayMakeNamespaces } from "../support/namespaces.js";
import { spawnOrigin } from "../support/origin-process.js";
import { requireProgram } from "../support/program.js";
import { TrackerProcess } from "../support/tracker-process.js";

// The picture that browsers decode is made by it.
beforeAll(() => requireProgram("ffmpeg"));

const folder = mkdtempSync(join(tmpdir(), "nearcast-"));
/** Of the link; less than a viewer could use at the start. */
const DOWN_MBPS = 0.8;
/** A narrow link lets this much pass at once. */
const BURST_BYTES = 32_768;

const scenario = join(folder, "scenario.json");
writeFileSync(
  scenario,
  JSON.stringify({
    durationS: 25,
    stream: { kind: "live", segmentS: 2, renditions: [{ kbps: 400 }], latencySegments: 3 },
    audience: { viewers: 2, arrivals: "interval", overS: 1 },
    networks: [
      {
        name: "dsl",
        upMbps: [1, 1],
        downMbps: [DOWN_MBPS, DOWN_MBPS],
        accessRttMs: 30,
        nat: { open: 1, cone: 0, symmetric: 0, blocked: 0 },
      },
    ],
  }),
);
const LINK = { upMbps: 1, downMbps: DOWN_MBPS, accessRttMs: 30 };

async function play(name: string, ...flags: string[]): Promise<LoadResult> {
  const json = join(folder, `${name}.json`);
  const { code, stderr } = await runCommand("loadtest/cli.js", [
    ...["browsers", scenario, "--json", json],
    ...flags,
  ]);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return JSON.parse(readFileSync(json, "utf8"));
}

test("viewers behind slow links play as slowly as these let them: shaped in a namespace, or throttled by Chromium", async () => {
  await using origin = await spawnOrigin(["--port", "0", "--log-level", "warn"]);
  await using tracker = await TrackerProcess.start();
  const src = origin.said.replace("/sample/", "/live/").replace("master", "360p/playlist");
  let udpPorts = 0;
  const [own, given] = await Promise.all([
    browserViewers().run(readScenario(scenario), {
      signal: new AbortController().signal,
      onMoment: () => {
        udpPorts = Math.max(udpPorts, linkedUdpPorts());
      },
    }),
    // Namespaces lead to no servers but those that are started in them.
    play("given", "--url", src, "--tracker", tracker.base),
  ]);
  expect(own.shaping?.by).toBe(mayMakeNamespaces() ? "namespaces" : "chromium");
  // Both have connections, at least to each other.
  expect(udpPorts >= 2).toBe(mayMakeNamespaces());
  expect(given.shaping?.by).toBe("chromium");
  for (const { figures, shaping, distributions } of [own, given]) {
    expect(figures).toMatchObject({ sessions: 2, failedSessions: 0 });
    expect(shaping?.viewers).toEqual([LINK, LINK]);
    // Much of a segment of about 100 kB, less what passes at once; a slow machine only makes it longer.
    const firstMs = ((60_000 - BURST_BYTES) * 8) / (DOWN_MBPS * 1000);
    expect(distributions.startupMs[0]).toBeGreaterThan(firstMs);
    // They meet, wherever their pages come from.
    expect(Math.max(...distributions.peers)).toBeGreaterThan(0);
  }
  expect(given.figures).toMatchObject({ offloadLimit: null, copiesMean: null });
}, 90_000);

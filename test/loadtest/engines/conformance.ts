import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { FIGURE_NAMES } from "../../../loadtest/result/figures.js";
import type { EngineName, LoadResult } from "../../../loadtest/result/result.js";
import type { ScenarioInput } from "../../../loadtest/scenario/scenario.js";
import { runCommand } from "../../support/command.js";

const PROGRAM = "loadtest/cli.js";
const VIEWERS = 3;

/** Small enough for real browsers on two cores, long enough to share. */
const scenario: ScenarioInput = {
  about: "three viewers",
  durationS: 16,
  stream: { kind: "live", segmentS: 1, renditions: [{ kbps: 300 }], latencySegments: 4 },
  audience: { viewers: VIEWERS, arrivals: "interval", overS: 1 },
  networks: [
    {
      name: "machine",
      upMbps: [1000, 1000],
      downMbps: [1000, 1000],
      accessRttMs: 1,
      nat: { open: 1, cone: 0, symmetric: 0, blocked: 0 },
    },
  ],
};

/** What every engine has to make of a scenario: the same claims, whether it plays it or computes it. */
export function conformance(engine: EngineName, viewersTooMany: number): void {
  const folder = mkdtempSync(join(tmpdir(), "nearcast-"));
  const file = join(folder, "scenario.json");
  let result: LoadResult;

  beforeAll(async () => {
    writeFileSync(file, JSON.stringify(scenario));
    const json = join(folder, "result.json");
    const { code, stderr } = await runCommand(PROGRAM, [engine, file, "--json", json]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    result = JSON.parse(readFileSync(json, "utf8"));
  }, 90_000);

  test("the result says which engine played which scenario for how long", () => {
    expect(result).toMatchObject({ format: "nearcast-loadtest/1", engine, isPartial: false });
    expect(result.scenario).toMatchObject(scenario);
    expect(result.ranS).toBeGreaterThanOrEqual(16);
  });

  test("there are all figures, and no others", () => {
    expect(Object.keys(result.figures).sort()).toEqual([...FIGURE_NAMES].sort());
  });

  test("everybody came, began to play and was counted once", () => {
    expect(result.figures).toMatchObject({ sessions: VIEWERS, peakViewers: VIEWERS, failedSessions: 0 });
    expect(result.distributions.startupMs.length).toBeGreaterThan(0);
    expect(result.figures.startupMedianMs).toBeGreaterThan(0);
  });

  test("viewers share: fewer bytes left the origin than were played", () => {
    const { offload, offloadLimit, originBytes, loadedBytes } = result.figures;
    expect(offload).toBeGreaterThan(0.1);
    // Bytes that lie ahead of the playheads at the end were sent and not played: the limit is not a hair's breadth.
    expect(offload).toBeLessThanOrEqual((offloadLimit ?? 0) + 0.05);
    expect(offload).toBeCloseTo(1 - originBytes / loadedBytes, 6);
  });

  test("bytes come from somewhere, and nothing is counted that nobody has sent", () => {
    const { loadedBytes, originBytes, peerBytes, uploadedBytes } = result.figures;
    expect(loadedBytes).toBeLessThanOrEqual(originBytes + peerBytes);
    expect(peerBytes).toBeLessThanOrEqual(uploadedBytes);
  });

  test("the timeline adds up to the totals", () => {
    const { timeline, figures } = result;
    const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
    expect(sum(timeline.originBytes)).toBeLessThanOrEqual(figures.originBytes);
    expect(sum(timeline.originBytes)).toBeGreaterThan(figures.originBytes * 0.8);
    expect(Math.max(...timeline.viewers)).toBe(VIEWERS);
    for (const counts of [timeline.peerBytes, timeline.uploadedBytes, timeline.stalled, timeline.viewers]) {
      expect(counts.length).toBe(timeline.originBytes.length);
    }
  });

  test("each segment left the origin at least once and at most once per viewer", () => {
    expect(result.copiesPerSegment.length).toBeGreaterThan(8);
    expect(Math.min(...result.copiesPerSegment)).toBe(1);
    expect(Math.max(...result.copiesPerSegment)).toBeLessThanOrEqual(VIEWERS);
  });

  test("more viewers than it can hold are refused with the field and the limit", async () => {
    const { code, stderr } = await runCommand(PROGRAM, [engine, file, "--viewers", String(viewersTooMany)]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^nearcast-loadtest: .*(audience\.)?viewers.*\d+[^\n]*\n$/);
  }, 60_000);
}

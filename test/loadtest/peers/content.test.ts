import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeRandomContent } from "../../../loadtest/peers/content.js";
import { parseScenario } from "../../../loadtest/scenario/parse.js";

const live = {
  durationS: 60,
  stream: { kind: "live", segmentS: 2, renditions: [{ kbps: 400 }, { kbps: 800 }] },
  audience: { viewers: 2 },
};

function sizesIn(folder: string, rendition: number): number[] {
  const files = readdirSync(join(folder, String(rendition))).filter((name) => name.endsWith(".ts"));
  return files
    .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
    .map((name) => statSync(join(folder, String(rendition), name)).size);
}

test("headless viewers get segments of the scenario's sizes, each in turn, also where the live loop comes round", () => {
  const segmentSizes = [0.5, 1, 2];
  using content = makeRandomContent(parseScenario({ ...live, stream: { ...live.stream, segmentSizes } }));
  const { folder } = content.stream as { folder: string };
  for (const [rendition, bytes] of [100_000, 200_000].entries()) {
    const sizes = sizesIn(folder, rendition);
    expect(sizes.length % segmentSizes.length).toBe(0);
    expect(sizes).toEqual(sizes.map((_, segment) => (segmentSizes[segment % 3] as number) * bytes));
  }
});

test("segments are of one size where the scenario says nothing of it", () => {
  using content = makeRandomContent(parseScenario(live));
  expect(new Set(sizesIn((content.stream as { folder: string }).folder, 0))).toEqual(new Set([100_000]));
});

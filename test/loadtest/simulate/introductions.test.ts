import { expect, test } from "vitest";
import { planSessions } from "../../../loadtest/audience/sessions.js";
import { seededRandom } from "../../../loadtest/bench/random.js";
import { parseScenario } from "../../../loadtest/scenario/parse.js";
import { RandomIntroductions } from "../../../loadtest/simulate/introductions.js";
import { NearIntroductions } from "../../../loadtest/simulate/near-introductions.js";
import { Viewer } from "../../../loadtest/simulate/viewer.js";

const scenario = parseScenario({
  stream: { kind: "live", renditions: [{ kbps: 500 }] },
  audience: { viewers: 240 },
  networks: [
    { name: "a", country: "DE", isp: "A", places: 10 },
    { name: "b", country: "DE", isp: "B", places: 10 },
    { name: "c", country: "FR", isp: "C", places: 10 },
  ],
});
const viewers = planSessions(scenario).map(
  (session, index) =>
    new Viewer(Viewer.memory(index + 1), index, session, `-NC1S-viewer${String(index).padStart(8, "0")}`),
);

/** Share of introductions that stay in one network, after each viewer has announced itself four times. */
function shareInside(introductions: NearIntroductions | RandomIntroductions): number {
  let inside = 0;
  let all = 0;
  for (const viewer of viewers) introductions.add(viewer);
  for (let round = 0; round < 4; round++) {
    for (const viewer of viewers) {
      for (const other of introductions.introduce(viewer, 5)) {
        if (other === viewer) throw new Error("introduced to itself");
        all++;
        if (other.traits.network === viewer.traits.network) inside++;
      }
    }
  }
  return inside / all;
}

test("near viewers are introduced first, by the tracker's own policy", () => {
  expect(shareInside(new NearIntroductions(scenario, seededRandom(1)))).toBeGreaterThan(0.7);
  expect(shareInside(new RandomIntroductions(seededRandom(1)))).toBeLessThan(0.45);
});

test("whoever has left is introduced to nobody", () => {
  const introductions = new NearIntroductions(scenario, seededRandom(1));
  for (const viewer of viewers.slice(0, 3)) introductions.add(viewer);
  const [first, second, third] = viewers as [Viewer, Viewer, Viewer];
  introductions.remove(second);
  introductions.remove(second);
  expect(introductions.introduce(first, 5)).toEqual([third]);
  expect(introductions.introduce(second, 5)).toEqual([]);
});

import { expect, test } from "vitest";
import { chooseShaper, describeShaping } from "../../../loadtest/links/shaping.js";
import { linkOf } from "../../../loadtest/links/viewer-link.js";
import { parseScenario } from "../../../loadtest/scenario/parse.js";

const scenario = (upMbps: number, downMbps: number) =>
  parseScenario({
    stream: { kind: "live", renditions: [{ kbps: 500 }] },
    audience: { viewers: 2 },
    networks: [{ name: "one", upMbps: [upMbps, 1000], downMbps: [downMbps, 1000] }],
  });
const FAST = scenario(1000, 1000);
const SLOW = scenario(1000, 4);

test.each([
  ["a scenario with fast links needs no shaping", FAST, {}, "nothing"],
  ["a slow downlink is shaped as a slow uplink is", SLOW, {}, "namespaces"],
  ["Chromium shapes where namespaces cannot be made", SLOW, { namespaces: "no root" }, "chromium"],
])("%s", (_claim, played, obstacles, shaper) => {
  expect(chooseShaper(played, "auto", obstacles)).toBe(shaper);
});

test("slow links that nothing can make are refused, with the field, the reason and a way out", () => {
  const obstacles = { namespaces: "no root", chromium: "no Chromium" };
  expect(() => chooseShaper(SLOW, "auto", obstacles)).toThrow(
    /^networks\.0\.downMbps: 4 Mbit\/s .*no root.*--shaping none/,
  );
  expect(() => chooseShaper(FAST, "namespaces", obstacles)).toThrow("--shaping namespaces: no root");
});

test("a run that is not shaped although its scenario is slow says so", () => {
  expect(chooseShaper(SLOW, "none", {})).toBe("nothing");
  expect(describeShaping("nothing", SLOW, "none")).toMatch(/^not shaped: .*networks\.0\.downMbps/);
  expect(describeShaping("nothing", FAST, "none")).toMatch(/^this machine's links/);
});

test("only what is slower than this machine is added to its links", () => {
  const traits = { upMbps: 3, downMbps: 400, accessRttMs: 20 } as Parameters<typeof linkOf>[0]["traits"];
  expect(linkOf({ traits })).toEqual({ upMbps: 3, accessRttMs: 20 });
});

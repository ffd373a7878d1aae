import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { scenarioJsonSchema } from "../../../loadtest/scenario/json-schema.js";
import { parseScenario } from "../../../loadtest/scenario/parse.js";
import { readScenario } from "../../../loadtest/scenario/read.js";
import { ScenarioError } from "../../../loadtest/scenario/scenario.js";

const FOLDER = resolve(import.meta.dirname, "../../../loadtest/scenarios");

const small = {
  stream: { kind: "live", renditions: [{ kbps: 500 }] },
  audience: { viewers: 2 },
};

test("a small scenario is complete with its defaults", () => {
  expect(parseScenario(small)).toMatchObject({
    seed: 1,
    durationS: 600,
    stream: { segmentS: 4, latencySegments: 3 },
    audience: { viewers: 2, arrivals: "spread" },
    networks: [{ name: "everywhere", nat: { cone: 0.6 } }],
    policies: { engine: "nearcast", seeding: "elected" },
    price: { perGB: 0.02 },
  });
});

test("a scenario with its defaults filled in is a scenario and stays the same", () => {
  const once = parseScenario(small);
  expect(parseScenario(once)).toEqual(once);
});

test.each([
  [{ audience: { viewers: -3 } }, "audience.viewers: expected a whole number from 1 to 1000000, got -3"],
  [{ audience: { viewers: 1.5 } }, "audience.viewers: expected a whole number from 1 to 1000000, got 1.5"],
  [{ audience: { viewers: 2_000_000 } }, "audience.viewers: expected a whole number from 1 to 1000000"],
  [{ audience: undefined }, "audience: is missing"],
  [{ audience: { viewers: 2, turnoverEveryS: -1 } }, "audience.turnoverEveryS: expected a number from 0"],
  [{ audience: { viewers: 2, crashShare: 2 } }, "audience.crashShare: expected a share from 0 to 1, got 2"],
  [{ audience: { viewers: 2, arrivals: "curve" } }, "audience.points: a curve needs 2 points at least"],
  [
    {
      audience: {
        viewers: 2,
        arrivals: "curve",
        points: [
          [0, 1],
          [0, 2],
        ],
      },
    },
    "audience.points.1.0: expected more than 0, got 0",
  ],
  [
    {
      audience: {
        viewers: 2,
        arrivals: "curve",
        points: [
          [0, 1],
          [5, 3],
        ],
      },
    },
    "audience.points.1.1: expected at most audience.viewers (2), got 3",
  ],
  [{ stream: { kind: "live", renditions: [] } }, "stream.renditions: expected a list of 1 to 16, got 0"],
  [{ stream: { kind: "radio", renditions: [] } }, 'stream.kind: expected one of live, vod, got "radio"'],
  [
    { stream: { kind: "live", renditions: [{ kbps: 0 }] } },
    "stream.renditions.0.kbps: expected a number from 16 to 200000, got 0",
  ],
  [
    { stream: { kind: "live", renditions: [{ kbps: 500 }], latencySegments: 10 } },
    "stream.latencySegments: expected less than windowSegments (10), got 10",
  ],
  [{ networks: [] }, "networks: expected a list of 1 to 1000, got 0"],
  [{ networks: [{ name: "a", upMbps: [5, 1] }] }, "networks.0.upMbps: expected the lower rate first"],
  [{ networks: [{ name: "a", share: 0 }] }, "networks.0.share: expected one network at least"],
  [
    { networks: [{ name: "a", nat: { open: 0, cone: 0, symmetric: 0, blocked: 0 } }] },
    "networks.0.nat: expected one share at least",
  ],
  [{ faults: [{ kind: "meteor" }] }, "faults.0.kind: expected a fault with one of the kinds tracker-down"],
  [
    { faults: [{ kind: "origin-down", fromS: 5, untilS: 5 }] },
    "faults.0.untilS: expected more than 5, got 5",
  ],
  [{ viewers: 5 }, "viewers: is not a known field"],
  [{ durationS: "long" }, 'durationS: expected a number from 5 to 604800, got "long"'],
])("%j is refused with the field and the limit", (changes, message) => {
  const parse = () => parseScenario({ ...small, ...changes });
  expect(parse).toThrow(ScenarioError);
  expect(parse).toThrow(message);
});

test("whatever comes, it is a scenario or an error that says what is wrong", () => {
  fc.assert(
    fc.property(fc.object({ maxDepth: 3 }), (input) => {
      try {
        parseScenario({ ...small, ...input });
      } catch (error) {
        expect(error).toBeInstanceOf(ScenarioError);
      }
    }),
  );
});

test.each(readdirSync(FOLDER).filter((name) => name !== "scenario.schema.json"))(
  "example %s is valid",
  (name) => {
    expect(readScenario(resolve(FOLDER, name)).about).not.toBe("a scenario without a name");
  },
);

test("the published schema is that of the program", () => {
  const published = JSON.parse(readFileSync(resolve(FOLDER, "scenario.schema.json"), "utf8"));
  expect(published, "node dist/loadtest/cli.js schema > loadtest/scenarios/scenario.schema.json").toEqual(
    JSON.parse(scenarioJsonSchema()),
  );
});

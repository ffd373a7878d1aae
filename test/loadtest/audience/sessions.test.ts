import fc from "fast-check";
import { expect, test } from "vitest";
import { planSessions, type Session } from "../../../loadtest/audience/sessions.js";
import { parseScenario } from "../../../loadtest/scenario/parse.js";
import type { ScenarioInput } from "../../../loadtest/scenario/scenario.js";

function plan(audience: ScenarioInput["audience"], more: Partial<ScenarioInput> = {}): Session[] {
  return planSessions(
    parseScenario({
      durationS: 1_000,
      stream: { kind: "vod", renditions: [{ kbps: 500 }] },
      audience,
      ...more,
    }),
  );
}

function presentAt(sessions: readonly Session[], atS: number): number {
  return sessions.filter(({ joinS, leaveS }) => joinS <= atS && leaveS > atS).length;
}

test("a curve is followed, whoever comes and goes under it", () => {
  const points: [number, number][] = [
    [0, 0],
    [100, 50],
    [400, 50],
    [600, 10],
    [1_000, 30],
  ];
  for (const watchMedianS of [0, 120]) {
    const sessions = plan({ viewers: 50, arrivals: "curve", points, watchMedianS });
    expect([50, 100, 300, 500, 600, 800].map((atS) => presentAt(sessions, atS))).toEqual([
      25, 50, 50, 30, 10, 20,
    ]);
  }
});

test("a flash crowd comes after its time, but for a tenth", () => {
  const sessions = plan({ viewers: 200, arrivals: "flash", atS: 100, overS: 40 });
  expect(presentAt(sessions, 99.9)).toBe(20);
  expect(presentAt(sessions, 110)).toBeGreaterThan(100);
  expect(presentAt(sessions, 141)).toBe(200);
});

test("with replacements the audience keeps its size", () => {
  const sessions = plan({ viewers: 40, overS: 0, watchMedianS: 60, replaced: true });
  expect(sessions.length).toBeGreaterThan(200);
  for (const atS of [1, 250, 600, 999]) expect(presentAt(sessions, atS)).toBe(40);
});

test("turnover takes one and brings one, so often", () => {
  const sessions = plan({ viewers: 8, arrivals: "interval", overS: 7, turnoverEveryS: 10, crashShare: 1 });
  expect(sessions.length).toBe(8 + 99);
  expect(presentAt(sessions, 500)).toBe(8);
  expect(sessions.every(({ crashes }) => crashes)).toBe(true);
});

test("the shares of a scenario are those of its viewers, roughly", () => {
  const sessions = plan(
    { viewers: 2_000 },
    {
      networks: [
        { name: "home", share: 3 },
        { name: "phone", share: 1, mobile: true, nat: { open: 0, cone: 0.5, symmetric: 0.5, blocked: 0 } },
      ],
      policies: { consent: 0.8, uploads: 0.5 },
      faults: [{ kind: "polluters", share: 0.1 }],
    },
  );
  const share = (fits: (session: Session) => boolean) => sessions.filter(fits).length / sessions.length;
  expect(share(({ traits }) => traits.network === 1)).toBeCloseTo(0.25, 1);
  expect(share(({ traits }) => traits.usesPeers)).toBeCloseTo(0.8, 1);
  expect(share(({ traits }) => traits.mayUpload)).toBeCloseTo(0.8 * 0.5 * 0.75, 1);
  expect(share(({ traits }) => traits.conduct === "polluter")).toBeCloseTo(0.1, 1);
  expect(sessions.some(({ traits }) => traits.mayUpload && traits.network === 1)).toBe(false);
});

test("whatever the audience, nobody leaves before coming and everybody comes in time", () => {
  const audiences = fc.record({
    viewers: fc.integer({ min: 1, max: 60 }),
    arrivals: fc.constantFrom("spread", "interval", "flash"),
    overS: fc.integer({ min: 0, max: 300 }),
    watchMedianS: fc.constantFrom(0, 5, 300),
    replaced: fc.boolean(),
    turnoverEveryS: fc.constantFrom(0, 7),
    pausesPerHour: fc.constantFrom(0, 20),
    seeksPerHour: fc.constantFrom(0, 20),
  });
  fc.assert(
    fc.property(audiences, fc.nat(), (audience, seed) => {
      const sessions = plan(audience as ScenarioInput["audience"], { seed });
      let before = 0;
      for (const { joinS, leaveS, pauses, seeks } of sessions) {
        expect(joinS).toBeGreaterThanOrEqual(before);
        before = joinS;
        expect(joinS).toBeLessThan(1_000);
        expect(leaveS).toBeGreaterThan(joinS);
        for (const { atS } of [...pauses, ...seeks]) {
          expect(atS).toBeGreaterThan(joinS);
          expect(atS).toBeLessThan(leaveS);
        }
      }
    }),
    { numRuns: 40 },
  );
});

test("networks in turn: whoever comes next is in the one that lacks most of its share", () => {
  const networks = [
    { name: "narrow", share: 2 },
    { name: "wide", share: 1 },
    { name: "nobody's", share: 0 },
  ];
  const sessions = plan({ viewers: 9, networks: "in-turn" }, { networks });
  expect(sessions.map(({ traits }) => traits.network)).toEqual([0, 1, 0, 0, 1, 0, 0, 1, 0]);
});

import { expect, test } from "vitest";
import { requireRoom } from "../../../loadtest/run/room.js";
import { parseScenario } from "../../../loadtest/scenario/parse.js";

const NEEDS = { viewers: "such viewers", perCore: 12, mib: 80, otherwise: "others carry more" };

function scenarioOf(viewers: number) {
  return parseScenario({
    durationS: 60,
    stream: { kind: "live", segmentS: 4, renditions: [{ kbps: 100 }] },
    audience: { viewers, overS: 0 },
  });
}

test.each([
  ["cores", { cores: 2, freeMiB: 16_000 }, 24],
  ["more cores", { cores: 16, freeMiB: 32_000 }, 192],
  ["memory, where that is less", { cores: 16, freeMiB: 1_000 }, 12],
])("how many viewers a machine has room for goes by its %s", (_, machine, most) => {
  expect(() => requireRoom(scenarioOf(most), NEEDS, machine)).not.toThrow();
  expect(() => requireRoom(scenarioOf(most + 1), NEEDS, machine)).toThrow(
    `audience.viewers: expected at most ${most} such viewers on this machine (12 for each of its ${machine.cores} cores; each takes 80 of ${machine.freeMiB} free MiB), got ${most + 1}; others carry more`,
  );
});

test("a machine that has no memory to spare may still try one viewer", () => {
  expect(() => requireRoom(scenarioOf(1), NEEDS, { cores: 1, freeMiB: 10 })).not.toThrow();
});

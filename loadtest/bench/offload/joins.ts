import type { Scenario } from "./scenarios.js";

/** When viewers join, in milliseconds from the run's start, earliest first. */
export function joinTimes(
  viewers: number,
  { joinEveryMs, joinJitterMs }: Pick<Scenario, "joinEveryMs" | "joinJitterMs">,
  random: () => number,
): number[] {
  return Array.from({ length: viewers }, (_, index) => index * joinEveryMs + random() * joinJitterMs).sort(
    (a, b) => a - b,
  );
}

import * as v from "valibot";
import { type Scenario, ScenarioError, scenarioSchema } from "./scenario.js";

/**
 * Checks a scenario and fills in its defaults.
 *
 * @throws {ScenarioError} like `audience.viewers: expected a whole number from 1 to 1000000, got -3`.
 */
export function parseScenario(input: unknown): Scenario {
  const result = v.safeParse(scenarioSchema, input);
  if (!result.success) throw new ScenarioError(sentence(result.issues[0]));
  checkTogether(result.output);
  return result.output;
}

function sentence(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue) ?? "scenario";
  if (issue.type === "strict_object" && issue.expected === "never") return `${path}: is not a known field`;
  if (issue.received === "undefined") return `${path}: is missing`;
  if (issue.type === "strict_object") return `${path}: expected an object, got ${issue.received}`;
  return `${path}: ${issue.message}`;
}

/** What no field can know by itself. */
function checkTogether({ durationS, audience, networks, stream, faults }: Scenario): void {
  const { arrivals, points } = audience;
  if (arrivals === "curve") {
    if (points.length < 2) throw new ScenarioError("audience.points: a curve needs 2 points at least");
    points.forEach(([atS, viewers], index) => {
      const before = points[index - 1];
      if (before && atS <= before[0]) {
        throw new ScenarioError(`audience.points.${index}.0: expected more than ${before[0]}, got ${atS}`);
      }
      if (viewers > audience.viewers) {
        throw new ScenarioError(
          `audience.points.${index}.1: expected at most audience.viewers (${audience.viewers}), got ${viewers}`,
        );
      }
    });
  }
  if (arrivals === "flash" && audience.atS >= durationS) {
    throw new ScenarioError(`audience.atS: expected less than durationS (${durationS}), got ${audience.atS}`);
  }
  if (networks.every(({ share }) => share === 0)) {
    throw new ScenarioError("networks.0.share: expected one network at least to have more than 0");
  }
  networks.forEach(({ upMbps, downMbps, nat }, index) => {
    for (const [name, [low, high]] of Object.entries({ upMbps, downMbps })) {
      if (low > high) {
        throw new ScenarioError(
          `networks.${index}.${name}: expected the lower rate first, got ${low}, ${high}`,
        );
      }
    }
    if (Object.values(nat).every((weight) => weight === 0)) {
      throw new ScenarioError(`networks.${index}.nat: expected one share at least to be more than 0`);
    }
  });
  if (stream.kind === "live" && stream.latencySegments >= stream.windowSegments) {
    throw new ScenarioError(
      `stream.latencySegments: expected less than windowSegments (${stream.windowSegments}), got ${stream.latencySegments}`,
    );
  }
  faults.forEach((fault, index) => {
    if ("fromS" in fault && fault.untilS <= fault.fromS) {
      throw new ScenarioError(
        `faults.${index}.untilS: expected more than ${fault.fromS}, got ${fault.untilS}`,
      );
    }
  });
}

import { partCount } from "../audience/part-count.js";
import { planSessions } from "../audience/sessions.js";
import type { Scenario } from "../scenario/scenario.js";
import { Part } from "./part.js";

/**
 * The audience in equal parts of at most `audience.partViewers` at one time. Viewers are dealt out in the order of their
 * coming, so that each part has the same curve, and the same mix of networks but for chance.
 */
export function partsOf(scenario: Scenario): readonly [Part, ...Part[]] {
  const sessions = planSessions(scenario);
  const count = Math.max(1, Math.min(partCount(scenario.audience), sessions.length));
  const { origin } = scenario;
  const shared = { ...scenario, origin: { ...origin, totalMbps: origin.totalMbps / count } };
  const part = (number: number) =>
    new Part(
      shared,
      sessions.filter((_, index) => index % count === number),
      number,
    );
  return [part(0), ...Array.from({ length: count - 1 }, (_, index) => part(index + 1))];
}

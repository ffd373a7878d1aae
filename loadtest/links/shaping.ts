import { type Scenario, ScenarioError } from "../scenario/scenario.js";
import { slowField, type ViewerLink } from "./viewer-link.js";

export const SHAPING_CHOICES = ["auto", "namespaces", "chromium", "none"] as const;
/** What was asked for; `auto` is the best that can be had here. */
export type ShapingChoice = (typeof SHAPING_CHOICES)[number];

/** What makes the links of a run's viewers. */
export type Shaper = "namespaces" | "chromium" | "nothing";

/** How the links of real viewers were made; in a result. */
export interface Shaping {
  readonly by: Shaper;
  /** What is as in the scenario and what is not, in a sentence. */
  readonly about: string;
  /** Of each session, in the order of coming. */
  readonly viewers: readonly ViewerLink[];
}

/** Why not to limit by namespaces the links to servers that run already. */
export const OUT_OF_NAMESPACES = "network namespaces of this machine lead to no servers but its own";

/** Why an engine cannot use a shaper here and now; none where it can. */
export type Obstacles = Readonly<Partial<Record<Exclude<Shaper, "nothing">, string | undefined>>>;

/**
 * Decides what makes the links of a scenario's viewers.
 *
 * @throws {ScenarioError} where its networks are slower than this machine and nothing can make them so.
 */
export function chooseShaper(scenario: Scenario, choice: ShapingChoice, obstacles: Obstacles): Shaper {
  if (choice === "none") return "nothing";
  if (choice !== "auto") {
    const obstacle = obstacles[choice];
    if (obstacle === undefined) return choice;
    throw new ScenarioError(`--shaping ${choice}: ${obstacle}`);
  }
  const slow = slowField(scenario);
  if (slow === undefined) return "nothing";
  if (obstacles.namespaces === undefined) return "namespaces";
  if (obstacles.chromium === undefined) return "chromium";
  throw new ScenarioError(
    `${slow} Mbit/s is slower than this machine's links, and they cannot be limited: ${obstacles.namespaces}; simulate it, or say --shaping none to play it unshaped`,
  );
}

/** What a run's networks were in truth; `delays` says what became of the scenario's access times. */
export function describeShaping(shaper: Shaper, scenario: Scenario, delays: "added" | "none"): string {
  const rtt = delays === "added" ? "access times by Chromium" : "access times are this machine's";
  switch (shaper) {
    case "namespaces":
      return `rates as in the scenario, by tc in a network namespace, where each viewer's ports are a link of their own; ${rtt}`;
    case "chromium":
      return `rates as in the scenario, by Chromium: for requests and for data channels each, not for both together; ${rtt}`;
    case "nothing":
      return slowField(scenario) === undefined
        ? "this machine's links: no viewer of the scenario has a slower one"
        : `not shaped: all viewers have this machine's links, although the scenario has slower ones (${slowField(scenario)})`;
  }
}

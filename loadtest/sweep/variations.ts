import { FlagError } from "../../command-line/flags.js";
import { parseScenario } from "../scenario/parse.js";
import type { Scenario } from "../scenario/scenario.js";

/** One field of a scenario and the values that it takes in turn. */
export interface Variation {
  /** Like `audience.viewers` or `networks.0.upMbps`. */
  readonly path: string;
  readonly values: readonly unknown[];
}

/**
 * Reads `audience.viewers=10,100,1000`. Values are JSON where they can be (numbers, `[1,2]`), else text.
 *
 * @throws {FlagError}
 */
export function parseVariation(flag: string, text: string): Variation {
  const match = /^([A-Za-z][\w.]*)=(.+)$/.exec(text);
  if (!match) throw new FlagError(`${flag}: expected something like audience.viewers=10,100, got '${text}'`);
  const [, path = "", list = ""] = match;
  const values = splitList(list).map((value) => {
    try {
      return JSON.parse(value) as unknown;
    } catch {
      return value;
    }
  });
  if (values.length > 50) throw new FlagError(`${flag}: expected at most 50 values, got ${values.length}`);
  return { path, values };
}

/** At commas that stand in no bracket. */
function splitList(text: string): string[] {
  const items: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at <= text.length; at++) {
    const character = text[at];
    if (character === "[" || character === "{") depth++;
    if (character === "]" || character === "}") depth--;
    if (character !== undefined && (character !== "," || depth > 0)) continue;
    items.push(text.slice(from, at).trim());
    from = at + 1;
  }
  return items;
}

/**
 * The scenario with another value in one field.
 *
 * @throws {ScenarioError} where the value does not fit, or there is no such field.
 */
export function varied(scenario: Scenario, path: string, value: unknown): Scenario {
  const copy = structuredClone(scenario) as unknown as Record<string, unknown>;
  const names = path.split(".");
  const last = names.pop() ?? "";
  let target = copy;
  for (const name of names) {
    const next = target[name];
    if (typeof next !== "object" || next === null) throw new FlagError(`--vary: the scenario has no ${path}`);
    target = next as Record<string, unknown>;
  }
  target[last] = value;
  return parseScenario(copy);
}

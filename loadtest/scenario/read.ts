import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { parseScenario } from "./parse.js";
import { type Scenario, ScenarioError } from "./scenario.js";

/** @throws {ScenarioError} that begins with the file's name. */
export function readScenario(file: string): Scenario {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new ScenarioError(`${file}: cannot be read: ${(cause as Error).message}`, { cause });
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new ScenarioError(`${file}: is not JSON: ${(cause as Error).message}`, { cause });
  }
  try {
    return parseScenario(json);
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    throw new ScenarioError(`${basename(file)}: ${error.message}`, { cause: error });
  }
}

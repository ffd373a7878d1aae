import { toJsonSchema } from "@valibot/to-json-schema";
import { scenarioSchema } from "./scenario.js";

/** The scenario's schema for editors and other programs (JSON Schema, draft 7), as it stands in scenarios/. */
export function scenarioJsonSchema(): string {
  const schema = toJsonSchema(scenarioSchema, { typeMode: "input", errorMode: "ignore" });
  return `${JSON.stringify({ title: "Nearcast load test scenario", ...schema }, null, 2)}\n`;
}

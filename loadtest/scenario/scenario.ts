import * as v from "valibot";
import { audienceSchema } from "./audience.js";
import { integer, number, text } from "./fields.js";
import { networksSchema, pathsSchema } from "./networks.js";
import { faultsSchema, originSchema, priceSchema } from "./origin.js";
import { policiesSchema } from "./policies.js";
import { streamSchema } from "./stream.js";

/** What is played, by whom, over which networks, and what goes wrong. All engines take the same. */
export const scenarioSchema = v.strictObject({
  /** For editors: where the schema is. */
  $schema: v.optional(text(256)),
  about: v.optional(text(1_000), "a scenario without a name"),
  /** The same number gives the same audience. */
  seed: v.optional(integer(0, 2 ** 32 - 1), 1),
  durationS: v.optional(number(5, 604_800), 600),
  stream: streamSchema,
  audience: audienceSchema,
  networks: v.optional(networksSchema, [{ name: "everywhere" }]),
  paths: v.optional(pathsSchema, {}),
  policies: v.optional(policiesSchema, {}),
  origin: v.optional(originSchema, {}),
  faults: v.optional(faultsSchema, []),
  price: v.optional(priceSchema, {}),
});

/** A scenario with all its defaults filled in. */
export type Scenario = v.InferOutput<typeof scenarioSchema>;
export type ScenarioInput = v.InferInput<typeof scenarioSchema>;

/** A scenario is wrong, or too large for an engine; the message names the field and the limit. */
export class ScenarioError extends Error {
  override readonly name = "ScenarioError";
}

import { toJsonSchema } from "@valibot/to-json-schema";
import { HELP, LOG_LEVEL_HELP } from "./config.js";
import { JoinSchema } from "./control/join-schema.js";
import { LOG_LEVELS } from "./log.js";
import { SETTING_NAMES, settingsSchema } from "./options.js";

/** Schema of the settings file (JSON Schema, draft 7), for editors: what the tracker checks, and what --help says. */
export function configJsonSchema(): object {
  // Some checks, of origins and of prefixes for instance, have no equal in JSON Schema.
  const { properties = {}, ...schema } = toJsonSchema(settingsSchema, {
    typeMode: "input",
    errorMode: "ignore",
  });
  const described = SETTING_NAMES.map((name) => [
    name,
    { description: HELP[name], ...(properties[name] as object) },
  ]);
  return {
    title: "Nearcast tracker",
    ...schema,
    properties: {
      $schema: { type: "string" },
      ...Object.fromEntries(described),
      logLevel: { description: LOG_LEVEL_HELP, enum: LOG_LEVELS, default: "info" },
    },
  };
}

/** Schema of what `GET /join` answers (JSON Schema, draft 7). */
export function joinJsonSchema(): object {
  return { title: "Nearcast join document", ...toJsonSchema(JoinSchema, { errorMode: "throw" }) };
}

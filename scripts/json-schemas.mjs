#!/usr/bin/env node
// Writes JSON Schemas from what the servers themselves check: those of their settings files, and that of /join.
import { writeFileSync } from "node:fs";
import { toJsonSchema } from "@valibot/to-json-schema";
import { Settings } from "../dist/origin/config/settings.js";
import { configJsonSchema, joinJsonSchema } from "../dist/tracker/json-schemas.js";

// `check` actions (web origins) have no equal in JSON Schema; their pattern beside them says nearly the same.
const origin = toJsonSchema(Settings, { ignoreActions: ["check"], target: "draft-07" });

const schemas = {
  "origin/config.schema.json": { title: "Nearcast origin", ...origin },
  "tracker/config.schema.json": configJsonSchema(),
  "tracker/join.schema.json": joinJsonSchema(),
};
for (const [file, schema] of Object.entries(schemas)) {
  writeFileSync(file, `${JSON.stringify(schema, null, 2)}\n`);
}

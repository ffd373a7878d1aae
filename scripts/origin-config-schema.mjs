#!/usr/bin/env node
// Writes origin/config.schema.json, the JSON Schema of the origin's settings file, from what the origin itself checks.
import { writeFileSync } from "node:fs";
import { toJsonSchema } from "@valibot/to-json-schema";
import { Settings } from "../dist/origin/config/settings.js";

// `check` actions (web origins) have no equal in JSON Schema; their pattern beside them says nearly the same.
const schema = toJsonSchema(Settings, { ignoreActions: ["check"], target: "draft-07" });
writeFileSync(
  "origin/config.schema.json",
  `${JSON.stringify({ title: "Nearcast origin", ...schema }, null, 2)}\n`,
);

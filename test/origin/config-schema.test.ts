import { readFileSync } from "node:fs";
import { toJsonSchema } from "@valibot/to-json-schema";
import { expect, test } from "vitest";
import { Settings } from "../../origin/config/settings.js";

test("the published JSON Schema says what the origin checks", () => {
  const file = new URL("../../origin/config.schema.json", import.meta.url);
  const published = JSON.parse(readFileSync(file, "utf8"));
  const checked = toJsonSchema(Settings, { ignoreActions: ["check"], target: "draft-07" });
  // When this fails: npm run schema
  expect(published).toEqual({ title: "Nearcast origin", ...JSON.parse(JSON.stringify(checked)) });
});

test("every option is described for whoever writes the file in an editor", () => {
  const undescribed: string[] = [];
  const visit = (schema: Record<string, unknown>, path: string) => {
    for (const [name, inner] of Object.entries(
      (schema.properties ?? {}) as Record<string, Record<string, unknown>>,
    )) {
      if (!("description" in inner) && !("const" in inner) && name !== "$schema")
        undescribed.push(`${path}${name}`);
      visit(inner, `${path}${name}.`);
    }
    for (const key of ["anyOf", "oneOf"]) {
      for (const inner of (schema[key] ?? []) as Record<string, unknown>[]) visit(inner, path);
    }
    if (typeof schema.additionalProperties === "object" && schema.additionalProperties) {
      visit(schema.additionalProperties as Record<string, unknown>, `${path}*.`);
    }
  };
  visit(toJsonSchema(Settings, { ignoreActions: ["check"] }) as Record<string, unknown>, "");
  expect(undescribed).toEqual([]);
});

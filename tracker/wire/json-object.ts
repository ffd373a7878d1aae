import { malformed } from "./wire-error.js";

/** A JSON object of which nothing is known yet. */
export type JsonObject = { readonly [name: string]: unknown };

/** @throws {WireError} naming `where`. */
export function parseJsonObject(value: unknown, where: string): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw malformed(where, "an object", value);
  }
  return value as JsonObject;
}

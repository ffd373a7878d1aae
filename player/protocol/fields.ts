import { describe } from "./describe.js";
import { ParseError } from "./parse-error.js";
import { parseStreamName, type StreamName } from "./stream.js";

/** A JSON object of which nothing is known yet. */
export type Fields = { readonly [name: string]: unknown };

export function fieldsOf(value: unknown, where: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw new ParseError(`${where}: expected an object, got ${describe(value)}`);
}

/** @param where the field's full name; its last part is looked up. */
export function number(fields: Fields, where: string, most: number): number {
  const value = fields[where.slice(where.lastIndexOf(".") + 1)];
  if (typeof value === "number" && value >= 0 && value <= most) return value;
  throw new ParseError(`${where}: expected a number from 0 to ${most}, got ${describe(value)}`);
}

export function integer(fields: Fields, where: string, most: number): number {
  const value = fields[where.slice(where.lastIndexOf(".") + 1)];
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most) return value as number;
  throw new ParseError(`${where}: expected an integer from 0 to ${most}, got ${describe(value)}`);
}

export function streamOf(value: unknown): StreamName {
  try {
    return parseStreamName(value);
  } catch (cause) {
    throw new ParseError((cause as Error).message, { cause });
  }
}

export function boolean(fields: Fields, where: string): boolean {
  const value = fields[where.slice(where.lastIndexOf(".") + 1)];
  if (typeof value === "boolean") return value;
  throw new ParseError(`${where}: expected true or false, got ${describe(value)}`);
}

/** @param most entries. */
export function listOf(fields: Fields, where: string, most: number): readonly unknown[] {
  const value = fields[where.slice(where.lastIndexOf(".") + 1)];
  if (Array.isArray(value) && value.length <= most) return value;
  const got = Array.isArray(value) ? `${value.length}` : describe(value);
  throw new ParseError(`${where}: expected a list of at most ${most}, got ${got}`);
}

import * as v from "valibot";
import { describe } from "../../player/protocol/index.js";

/** Building blocks of the scenario's schema. Their messages say what was expected and what was there. */

export function number(min: number, max: number, what = "a number") {
  const message = ({ input }: { input: unknown }) =>
    `expected ${what} from ${min} to ${max}, got ${describe(input)}`;
  return v.pipe(v.number(message), v.minValue(min, message), v.maxValue(max, message));
}

export function integer(min: number, max: number) {
  const message = ({ input }: { input: unknown }) =>
    `expected a whole number from ${min} to ${max}, got ${describe(input)}`;
  return v.pipe(v.number(message), v.integer(message), v.minValue(min, message), v.maxValue(max, message));
}

export function share() {
  return number(0, 1, "a share");
}

export function flag() {
  return v.boolean(({ input }) => `expected true or false, got ${describe(input)}`);
}

export function text(maxLength: number) {
  const message = ({ input }: { input: unknown }) =>
    `expected 1 to ${maxLength} characters, got ${describe(input)}`;
  return v.pipe(v.string(message), v.minLength(1, message), v.maxLength(maxLength, message));
}

export function oneOf<const Names extends readonly [string, ...string[]]>(names: Names) {
  return v.picklist(names, ({ input }) => `expected one of ${names.join(", ")}, got ${describe(input)}`);
}

export function list<Item extends v.GenericSchema>(item: Item, min: number, max: number) {
  const message = ({ input }: { input: unknown }) =>
    `expected a list of ${min} to ${max}, got ${Array.isArray(input) ? input.length : describe(input)}`;
  return v.pipe(v.array(item, message), v.minLength(min, message), v.maxLength(max, message));
}

import fc from "fast-check";
import { expect, test } from "vitest";
import { parseStreamName, swarmIdOf } from "../../../player/protocol/index.js";

const characters = [..."ABCXYZabcxyz0189._-"];
const names = fc
  .string({ unit: fc.constantFrom(...characters), minLength: 1, maxLength: 64 })
  .filter((name) => name !== "." && name !== "..");

test("names of allowed characters are taken as they are", () => {
  fc.assert(
    fc.property(names, (name) => {
      expect(parseStreamName(name)).toBe(name);
    }),
  );
});

test("one character outside the allowed set spoils a name", () => {
  const foreign = fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 1 })
    .filter((character) => !/^[\w.-]$/.test(character));
  fc.assert(
    fc.property(names, foreign, fc.nat(), (name, character, place) => {
      const at = place % (name.length + 1);
      expect(() => parseStreamName(name.slice(0, at) + character + name.slice(at))).toThrow(RangeError);
    }),
  );
});

test.each([
  ["", '""'],
  [".", '"."'],
  ["..", '".."'],
  ["a/b", '"a/b"'],
  ["news\n", '"news\\n"'],
  ["a".repeat(65), '"aaaa'],
  [undefined, "undefined"],
  [null, "null"],
  [7, "7"],
  [["news"], '["news"]'],
])("%j is no stream name", (name, quoted) => {
  expect(() => parseStreamName(name)).toThrow(RangeError);
  expect(() => parseStreamName(name)).toThrow(
    `stream: expected 1 to 64 letters, digits, ".", "_" or "-", got ${quoted}`,
  );
});

test("a message quotes no more than the beginning of a long name", () => {
  expect(() => parseStreamName(" ".repeat(10_000))).toThrow(/^.{1,160}$/);
});

test("different streams have different swarms", () => {
  fc.assert(
    fc.property(names, names, (a, b) => {
      expect(swarmIdOf(parseStreamName(a)) === swarmIdOf(parseStreamName(b))).toBe(a === b);
    }),
  );
  expect(swarmIdOf(parseStreamName("news"))).toBe("nearcast:news");
});

import { Command, Option } from "commander";
import fc from "fast-check";
import { expect, test } from "vitest";
import { FlagError, parseFlags, wholeNumber } from "../../command-line/flags.js";

function command(): Command {
  return new Command("nearcast-loadtest demo")
    .option("--viewers <number>", "how many viewers", wholeNumber(1, 32), 4)
    .addOption(new Option("--stream <name>", "which").choices(["sample", "live"]).default("live"));
}

function parse(...argv: string[]) {
  const parsed = parseFlags(command(), argv);
  return "help" in parsed ? parsed : parsed.command.opts();
}

test("flags hold, defaults for the others", () => {
  expect(parse()).toEqual({ viewers: 4, stream: "live" });
  expect(parse("--viewers", "8")).toEqual({ viewers: 8, stream: "live" });
  expect(parse("--viewers=32", "--stream", "sample")).toEqual({ viewers: 32, stream: "sample" });
});

test("help is a text that names every flag", () => {
  expect(parse("--help")).toEqual({ help: expect.stringMatching(/--viewers[\s\S]*--stream/) });
});

test.each([
  [["--viewers", "0"], /--viewers.*'0' is invalid. Expected 1-32\.$/],
  [["--viewers", "33"], /--viewers.*Expected 1-32/],
  [["--viewers", "-1"], /--viewers/],
  [["--viewers"], /--viewers.*argument missing/],
  [["--stream", "other"], /--stream.*Allowed choices are sample, live/],
  [["--viewer", "3"], /unknown option '--viewer'.*Did you mean --viewers/],
  [["extra"], /too many arguments/],
])("%j is refused in one sentence that names it", (argv, message) => {
  expect(() => parse(...argv)).toThrow(FlagError);
  expect(() => parse(...argv)).toThrow(message);
  expect(() => parse(...argv)).not.toThrow(/^error:|\n/);
});

test("a mistake of the program is not taken for a wrong flag", () => {
  const broken = new Command().option("--x <x>", "", () => {
    throw new RangeError("a bug");
  });
  expect(() => parseFlags(broken, ["--x", "1"])).toThrow(RangeError);
});

test("whole numbers within the range are taken, everything else is refused", () => {
  const texts = fc.oneof(
    fc.integer({ min: -50, max: 150 }).map(String),
    fc.string(),
    fc.double().map(String),
  );
  fc.assert(
    fc.property(texts, fc.nat({ max: 50 }), fc.nat({ max: 50 }), (text, min, span) => {
      const read = wholeNumber(min, min + span);
      if (/^\d{1,9}$/.test(text) && Number(text) >= min && Number(text) <= min + span) {
        expect(read(text)).toBe(Number(text));
      } else {
        expect(() => read(text)).toThrow(`Expected ${min}-${min + span}.`);
      }
    }),
  );
});

test.each(["", " ", "1e1", "0x10", "+5", "5 ", "5.0", "٥", "1234567890"])("%j is no whole number", (text) => {
  expect(() => wholeNumber(0, 1e12)(text)).toThrow("Expected 0-1000000000000.");
});

import { type Command, CommanderError, InvalidArgumentError } from "commander";

/** A flag is wrong; `message` is one sentence that names it. */
export class FlagError extends Error {
  override readonly name = "FlagError";
}

/**
 * Reads flags with Commander.
 *
 * @returns the command after parsing, or the text of its help where that was asked for.
 * @throws {FlagError}
 */
export function parseFlags(
  command: Command,
  argv: readonly string[],
): { help: string } | { command: Command } {
  let help = "";
  command.exitOverride().configureOutput({
    writeOut: (text) => {
      help += text;
    },
    writeErr: () => {},
  });
  try {
    command.parse([...argv], { from: "user" });
    return { command };
  } catch (cause) {
    if (!(cause instanceof CommanderError)) throw cause;
    if (cause.exitCode === 0) return { help };
    throw new FlagError(cause.message.replace(/^error: /, "").replace(/\s+/g, " "), { cause });
  }
}

/** For Commander: a whole number within a range. */
export function wholeNumber(min: number, max: number): (value: string) => number {
  return (value) => {
    const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= min && number <= max) return number;
    throw new InvalidArgumentError(`Expected ${min}-${max}.`);
  };
}

/** For Commander: a number with or without decimals within a range. */
export function decimal(min: number, max: number): (text: string) => number {
  return (text) => {
    const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    if (number >= min && number <= max) return number;
    throw new InvalidArgumentError(`Expected ${min}-${max}.`);
  };
}

import { type Command, CommanderError } from "commander";
import { ConfigError } from "./config-error.js";

/**
 * Parses a command line without ending the process.
 *
 * @param argv without the program's own name.
 * @returns the text to print when help was asked for.
 * @throws {ConfigError} with commander's sentence, after the subcommand's name.
 */
export function parseArguments(program: Command, argv: readonly string[]): { help: string } | undefined {
  let output = "";
  program.exitOverride().configureOutput({
    writeOut: (text) => {
      output += text;
    },
    writeErr: () => {},
  });
  try {
    program.parse([...argv], { from: "user" });
    return undefined;
  } catch (cause) {
    if (!(cause instanceof CommanderError)) throw cause;
    if (cause.exitCode === 0) return { help: output };
    // Commander may add a suggestion on a line of its own.
    const sentence = cause.message.replace(/^error: /, "").replaceAll(/\s+/g, " ");
    const [, subcommand] = program.name().split(" ");
    throw new ConfigError(subcommand === undefined ? sentence : `${subcommand}: ${sentence}`, { cause });
  }
}

#!/usr/bin/env node
import { runCheckConfigCommand } from "./commands/check-config.js";
import { runExplainCommand } from "./commands/explain.js";
import { runServeCommand } from "./commands/serve.js";
import { OptionError } from "./options.js";

try {
  const argv = process.argv.slice(2);
  const [command, ...rest] = argv;
  switch (command) {
    case "explain":
      await runExplainCommand(rest, process.env, console.log);
      break;
    case "check-config":
      await runCheckConfigCommand(rest, process.env, console.log);
      break;
    case "serve":
      await runServeCommand(rest, process.env, console.log);
      break;
    default:
      if (command !== undefined && !command.startsWith("-")) {
        throw new OptionError(`command: expected serve, explain or check-config, got "${command}"`);
      }
      await runServeCommand(argv, process.env, console.log);
  }
} catch (error) {
  if (!(error instanceof OptionError)) throw error;
  console.error(`nearcast-tracker: ${error.message}`);
  process.exitCode = 1;
}

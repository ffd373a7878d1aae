#!/usr/bin/env node
import { runKeygenCommand } from "./access/keygen-command.js";
import { runCheckCommand } from "./check/command.js";
import { type Command, readCommand } from "./config.js";
import { ConfigError } from "./config-error.js";
import { runSignCommand } from "./integrity/sign-command.js";
import { createLogger } from "./logger.js";
import { createOrigin } from "./origin.js";

try {
  const argv = process.argv.slice(2);
  const [command, ...rest] = argv;
  switch (command) {
    case "sign":
      await runSignCommand(rest, console.log, console.warn);
      break;
    case "keygen":
      await runKeygenCommand(rest, console.log);
      break;
    case "check":
      process.exitCode = await runCheckCommand(rest, console.log);
      break;
    default:
      await run(readCommand(command === "serve" ? rest : argv, process.env));
  }
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(`nearcast-origin: ${error.message}`);
  process.exitCode = 1;
}

async function run(command: Command): Promise<void> {
  if (command.do === "help") process.stdout.write(command.text);
  else await serve(command.options, command.logLevel);
}

async function serve(
  options: Parameters<typeof createOrigin>[0],
  logLevel: Parameters<typeof createLogger>[0],
): Promise<void> {
  const logger = createLogger(logLevel);
  const origin = createOrigin({ ...options, logger });
  const { url } = await origin.listen();
  for (const name of Object.keys(options.streams)) console.log(`${url}/hls/${name}/master.m3u8`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    // A second signal finds the system's own handling again and ends the process at once.
    process.once(signal, async () => {
      logger.info({ signal }, "closing");
      await origin.close();
    });
  }
}

import { parseConfig } from "../config.js";
import { createLogger } from "../log.js";
import { createTracker } from "../tracker.js";

/**
 * Runs a tracker until SIGINT or SIGTERM; SIGHUP makes it read certificate and keys anew.
 *
 * @throws {OptionError} where it cannot start.
 */
export async function runServeCommand(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  print: (line: string) => void,
): Promise<void> {
  const config = parseConfig(args, environment);
  if (config.run === "help") return print(config.text.trimEnd());
  const logger = createLogger(config.logLevel);
  const tracker = createTracker({ ...config.settings, logger });
  const { url } = await tracker.listen();
  // A second signal finds the system's own handling again and ends the process at once.
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => void tracker.close());
  process.on("SIGHUP", () => {
    tracker.reload().catch((error) => logger.error({ err: error }, "goes on with what it had read before"));
  });
  print(`Tracker: ${url}`);
}

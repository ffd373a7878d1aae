#!/usr/bin/env node
import { parseConfig } from "./config.js";
import { createLogger } from "./log.js";
import { OptionError } from "./options.js";
import { createTracker } from "./tracker.js";

try {
  const config = parseConfig(process.argv.slice(2), process.env);
  if (config.run === "help") {
    process.stdout.write(config.text);
  } else {
    const tracker = createTracker({ ...config.settings, logger: createLogger(config.logLevel) });
    const { url } = await tracker.listen();
    for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => void tracker.close());
    console.log(`Tracker: ${url}`);
  }
} catch (error) {
  if (!(error instanceof OptionError)) throw error;
  console.error(`nearcast-tracker: ${error.message}`);
  process.exitCode = 1;
}

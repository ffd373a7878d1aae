#!/usr/bin/env node
import { FlagError } from "../../command-line/flags.js";
import { makeNodeABrowser } from "./node-as-browser.js";
import { readSeederFlags } from "./seeder-flags.js";

try {
  const read = readSeederFlags(process.argv.slice(2));
  if ("help" in read) {
    process.stdout.write(read.help);
  } else {
    makeNodeABrowser();
    const { runSeeder } = await import("./seeder.js");
    const stop = new AbortController();
    for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stop.abort());
    await runSeeder(read.flags, stop.signal);
    process.exit();
  }
} catch (error) {
  if (!(error instanceof FlagError)) throw error;
  console.error(`nearcast-seeder: ${error.message}`);
  process.exitCode = 1;
}

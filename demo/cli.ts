#!/usr/bin/env node
import { ConfigError } from "../origin/index.js";
import { OptionError } from "../tracker/index.js";
import { FlagError, parseDemoFlags } from "./config.js";
import { startStack } from "./stack.js";

try {
  const command = parseDemoFlags(process.argv.slice(2), process.env);
  if (command.do === "help") {
    process.stdout.write(command.text);
  } else {
    const stack = await startStack(command.options);
    console.log(`Demo page   ${stack.url}/`);
    console.log(`Streams     ${stack.url}/hls/sample/master.m3u8  ${stack.url}/hls/live/master.m3u8`);
    console.log(`Tracker     ${stack.trackerUrl}`);
    console.log(`Live page   ${stack.liveUrl}`);
    console.log("Open the demo page in two tabs. Ctrl+C ends.");
    for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => void stack.close());
  }
} catch (error) {
  const isOurs = error instanceof FlagError || error instanceof ConfigError || error instanceof OptionError;
  if (!isOurs) throw error;
  console.error(`nearcast-demo: ${error.message}`);
  process.exitCode = 1;
}

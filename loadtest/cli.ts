#!/usr/bin/env node
import { ConfigError } from "../origin/index.js";
import { OptionError } from "../tracker/index.js";
import { NoBrowserError } from "./browsers/chromium.js";
import { demoCommand } from "./demo/command.js";
import { FlagError } from "./flags.js";
import { ResultError } from "./result/result.js";
import { scenarioJsonSchema } from "./scenario/json-schema.js";
import { ScenarioError } from "./scenario/scenario.js";
import { simulateCommand } from "./simulate/command.js";

const KINDS: Record<string, { run: (argv: readonly string[]) => Promise<void>; about: string }> = {
  simulate: { run: simulateCommand, about: "a scenario in simulated time: 100,000 viewers and more" },
  schema: {
    run: async () => void process.stdout.write(scenarioJsonSchema()),
    about: "prints the JSON Schema of scenarios",
  },
  demo: { run: demoCommand, about: "the embedded sample with headless Chromium viewers" },
};

const USAGE = `Usage: nearcast-loadtest <kind> [flags]

Kinds (each has --help):
${Object.entries(KINDS)
  .map(([name, { about }]) => `  ${name.padEnd(10)} ${about}`)
  .join("\n")}
`;

const OURS = [FlagError, NoBrowserError, ConfigError, OptionError, ResultError, ScenarioError];

try {
  const [kind, ...argv] = process.argv.slice(2);
  const chosen = kind === undefined ? undefined : KINDS[kind];
  if (kind === undefined || kind === "--help" || kind === "help") process.stdout.write(USAGE);
  else if (chosen) await chosen.run(argv);
  else throw new FlagError(`unknown kind "${kind}", expected one of ${Object.keys(KINDS).join(", ")}`);
} catch (error) {
  if (!OURS.some((Ours) => error instanceof Ours)) throw error;
  console.error(`nearcast-loadtest: ${(error as Error).message}`);
  process.exitCode = 1;
}

#!/usr/bin/env node
import { FlagError } from "../../command-line/flags.js";
import { NoBrowserError } from "../browsers/chromium.js";
import { BenchError } from "./bench-error.js";
import { integrityBench } from "./integrity/command.js";
import { offloadCommand } from "./offload/command.js";
import { originCommand } from "./origin/command.js";
import { simulateBench } from "./simulate/command.js";
import { trackerCommand } from "./tracker/command.js";
import { trackerMemoryCommand } from "./tracker/memory.js";
import { trackerNodesCommand } from "./tracker/nodes.js";
import { trackerSwarmsCommand } from "./tracker/swarms.js";

const BENCHES: Record<string, { run: (argv: readonly string[]) => Promise<void>; about: string }> = {
  tracker: { run: trackerCommand, about: "CPU, memory and latency of stock bittorrent-tracker and ours" },
  "tracker-memory": {
    run: trackerMemoryCommand,
    about: "memory that both trackers take for each silent socket",
  },
  "tracker-swarms": {
    run: trackerSwarmsCommand,
    about: "CPU per announce in one large swarm and in small ones",
  },
  "tracker-nodes": { run: trackerNodesCommand, about: "CPU that introductions through Redis add" },
  offload: {
    run: offloadCommand,
    about: "offload, startup and stalls of hls.js, p2p-media-loader and Nearcast",
  },
  integrity: { run: integrityBench, about: "CPU that checking peers' segments takes in Chromium" },
  simulate: { run: simulateBench, about: "time and memory that the simulator takes, by audience" },
  origin: { run: originCommand, about: "requests per second and CPU of the origin beside nginx" },
};

const USAGE = `Usage: npm run bench -- <bench> [flags]

Benches (each has --help):
${Object.entries(BENCHES)
  .map(([name, { about }]) => `  ${name.padEnd(14)} ${about}`)
  .join("\n")}
`;

const OURS = [FlagError, NoBrowserError, BenchError];

try {
  const [name, ...argv] = process.argv.slice(2);
  const chosen = name !== undefined && Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
  if (name === undefined || name === "--help" || name === "help") process.stdout.write(USAGE);
  else if (chosen) await chosen.run(argv);
  else throw new FlagError(`unknown bench "${name}", expected one of ${Object.keys(BENCHES).join(", ")}`);
} catch (error) {
  if (!OURS.some((Ours) => error instanceof Ours)) throw error;
  console.error(`nearcast-bench: ${(error as Error).message}`);
  process.exitCode = 1;
}

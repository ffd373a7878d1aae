#!/usr/bin/env node
import { sentenceOf } from "./run/sentence.js";

interface Kind {
  readonly about: string;
  /** Loaded only when it is asked for: browsers and servers take a second to load, the simulator needs neither. */
  readonly load: () => Promise<(argv: readonly string[]) => Promise<void>>;
}

const KINDS: Record<string, Kind> = {
  simulate: {
    about: "a scenario in simulated time: 100,000 viewers and more",
    load: async () => (await import("./simulate/command.js")).simulateCommand,
  },
  peers: {
    about: "a scenario with headless viewers in Node: real data channels, no picture",
    load: async () => (await import("./peers/command.js")).peersCommand,
  },
  browsers: {
    about: "a scenario with real players in headless Chromium",
    load: async () => (await import("./browsers/command.js")).browsersCommand,
  },
  tracker: {
    about: "load on any WebTorrent tracker: announces, offers and answers",
    load: async () => (await import("./tracker/command.js")).trackerCommand,
  },
  sweep: {
    about: "a scenario with one field at several values, simulated",
    load: async () => (await import("./sweep/command.js")).sweepCommand,
  },
  calibrate: {
    about: "the simulator beside real viewers",
    load: async () => (await import("./calibrate/command.js")).calibrateCommand,
  },
  plan: {
    about: "what a provider may expect of peers: offload, peak and money",
    load: async () => (await import("./plan/command.js")).planCommand,
  },
  report: {
    about: "results side by side, as a table and as one HTML file",
    load: async () => (await import("./html/report-command.js")).reportCommand,
  },
  schema: {
    about: "prints the JSON Schema of scenarios",
    load: async () => {
      const { scenarioJsonSchema } = await import("./scenario/json-schema.js");
      return async () => void process.stdout.write(scenarioJsonSchema());
    },
  },
  demo: {
    about: "the embedded sample with headless Chromium viewers",
    load: async () => (await import("./demo/command.js")).demoCommand,
  },
};

const USAGE = `Usage: nearcast-loadtest <kind> [SCENARIO.json] [flags]
       nearcast-loadtest --compare A.json B.json [--report OUT.html]

Kinds (each has --help):
${Object.entries(KINDS)
  .map(([name, { about }]) => `  ${name.padEnd(10)} ${about}`)
  .join("\n")}
`;

const [first, ...argv] = process.argv.slice(2);
const kind = first === "--compare" ? "report" : first;
const chosen = kind !== undefined && Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
if (kind === undefined || kind === "--help" || kind === "help") {
  process.stdout.write(USAGE);
} else if (chosen) {
  try {
    const run = await chosen.load();
    await run(argv);
  } catch (error) {
    const sentence = sentenceOf(error);
    if (sentence === undefined) throw error;
    complain(sentence);
  }
} else {
  complain(`unknown kind "${kind}", expected one of ${Object.keys(KINDS).join(", ")}`);
}

function complain(sentence: string): void {
  console.error(`nearcast-loadtest: ${sentence}`);
  process.exitCode = 1;
}

import Table from "cli-table3";
import { Command } from "commander";
import { parseFlags, wholeNumber } from "../../flags.js";
import type { ClientAnswer, ClientQuestion } from "./client-process.js";
import { Pinned } from "./pinned.js";
import type { ServerAnswer, ServerEngine } from "./server-process.js";

interface Flags {
  readonly sockets: number;
  readonly swarm: number;
  readonly offers: number;
  readonly rate: number;
  readonly seconds: number;
}

/** As browsers of today make them. */
const SDP_BYTES = 1800;
/** Announces before what is measured, for the compiler to have seen everything. */
const WARM_UP_S = 5;
const ENGINES: readonly ServerEngine[] = ["stock", "nearcast"];

/** `npm run bench -- tracker`: bittorrent-tracker's server and ours under the same load, one after the other. */
export async function trackerCommand(argv: readonly string[]): Promise<void> {
  const command = new Command("npm run bench -- tracker")
    .description(
      "CPU, memory and latency of bittorrent-tracker's server and of ours, each on a core of its own.",
    )
    .option("--sockets <number>", "viewers", wholeNumber(2, 19_000), 2000)
    .option("--swarm <number>", "viewers of each swarm", wholeNumber(2, 19_000), 100)
    .option("--offers <number>", "offers in each announce", wholeNumber(1, 10), 5)
    .option("--rate <number>", "announces a second", wholeNumber(1, 10_000), 400)
    .option("--seconds <number>", "time that is measured", wholeNumber(1, 3600), 20);
  const read = parseFlags(command, argv);
  if ("help" in read) {
    process.stdout.write(read.help);
    return;
  }
  const flags = read.command.opts<Flags>();
  const table = new Table({
    head: ["engine", "CPU per announce", "offer to answer p50", "p99", "answered", "resident"],
  });
  for (const engine of ENGINES) table.push(await measure(engine, flags));
  console.log(table.toString());
}

async function measure(engine: ServerEngine, flags: Flags): Promise<string[]> {
  await using server = Pinned.start("server-process", [engine], 0);
  await using clients = Pinned.start("client-process", [], 1);
  const { url } = await server.ask<ServerAnswer>({ settle: false });
  const ask = (question: ClientQuestion) => clients.ask<ClientAnswer>(question);
  const { sockets, swarm, offers, rate, seconds } = flags;
  await ask({ do: "connect", urls: [url], sockets, swarmSize: swarm, sdpBytes: SDP_BYTES, join: true });
  await ask({ do: "announce", perSecond: rate, seconds: WARM_UP_S, offers });
  const before = await server.ask<ServerAnswer>({ settle: false });
  const { announces, answers, latencyMs } = await ask({ do: "announce", perSecond: rate, seconds, offers });
  const after = await server.ask<ServerAnswer>({ settle: false });
  return [
    engine,
    `${(((after.cpuMs - before.cpuMs) * 1000) / announces).toFixed(0)} µs`,
    `${latencyMs.p50?.toFixed(2) ?? "-"} ms`,
    `${latencyMs.p99?.toFixed(2) ?? "-"} ms`,
    `${((100 * answers) / (announces * offers)).toFixed(1)} %`,
    `${(after.residentBytes / 2 ** 20).toFixed(0)} MiB`,
  ];
}

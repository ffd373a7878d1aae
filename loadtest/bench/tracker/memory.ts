import { Command } from "commander";
import { parseFlags, wholeNumber } from "../../../command-line/flags.js";
import { describeMachine } from "../machine.js";
import { median } from "../statistics.js";
import type { ClientAnswer, ClientQuestion } from "./client-process.js";
import { Pinned } from "./pinned.js";
import type { ServerAnswer, ServerEngine } from "./server-process.js";

interface Flags {
  readonly sockets: number;
  readonly rounds: number;
  readonly settle: number;
}

/** What one engine's process has grown by, for each socket. */
interface KibPerSocket {
  readonly all: number;
  /** Without what it has loaded and compiled for the first ones, which many sockets share. */
  readonly beyondFirst: number;
}

/** Sockets that are held before the marginal measurement begins. */
const FIRST_SOCKETS = 1000;

/** `npm run bench -- tracker-memory`: what each open socket takes that is in a swarm and silent. */
export async function trackerMemoryCommand(argv: readonly string[]): Promise<void> {
  const command = new Command("npm run bench -- tracker-memory")
    .description(
      "Resident memory of bittorrent-tracker's server and of ours, by turns, for each of many silent sockets in swarms of 100.",
    )
    .option("--sockets <number>", "viewers", wholeNumber(FIRST_SOCKETS + 1, 19_000), 10_000)
    .option("--rounds <number>", "how often both are measured", wholeNumber(1, 100), 3)
    .option("--settle <seconds>", "time to give memory back before each look", wholeNumber(1, 600), 8);
  const read = parseFlags(command, argv);
  if ("help" in read) {
    process.stdout.write(read.help);
    return;
  }
  const { sockets, rounds, settle } = read.command.opts<Flags>();
  const stock: KibPerSocket[] = [];
  const ours: KibPerSocket[] = [];
  for (let round = 0; round < rounds; round++) {
    stock.push(await kibPerSocket("stock", sockets, settle * 1000));
    ours.push(await kibPerSocket("nearcast", sockets, settle * 1000));
  }
  const { cores, cpu, node } = describeMachine("");
  const row = (name: string, read: (sample: KibPerSocket) => number) => {
    const [stocks, own] = [stock.map(read), ours.map(read)];
    const ratios = own.map((value, round) => value / (stocks[round] ?? Number.NaN));
    const cells = [median(stocks), median(own), median(ratios)].map((value) => value?.toFixed(2) ?? "–");
    const range = `${Math.min(...ratios).toFixed(2)} – ${Math.max(...ratios).toFixed(2)}`;
    return `| ${name} | ${cells.join(" | ")} | ${range} | ≤ 1 |`;
  };
  console.log(
    [
      `${sockets} sockets held, medians of ${rounds} rounds; ${cores} × ${cpu}, Node ${node}`,
      "",
      "|  | stock | ours | ratio | its range | must |",
      "| --- | --: | --: | --: | --: | --: |",
      row("resident memory per socket, KiB", ({ all }) => all),
      row(`the same beyond the first ${FIRST_SOCKETS} sockets, KiB`, ({ beyondFirst }) => beyondFirst),
    ].join("\n"),
  );
}

async function kibPerSocket(engine: ServerEngine, sockets: number, settleMs: number): Promise<KibPerSocket> {
  await using server = Pinned.start("server-process", [engine], 0);
  await using clients = Pinned.start("client-process", [], 1);
  const { url, residentBytes: empty } = await server.ask<ServerAnswer>({ settle: true, settleMs });
  const holding = async (count: number) => {
    const connect: ClientQuestion = {
      do: "connect",
      urls: [url],
      sockets: count,
      swarmSize: 100,
      sdpBytes: 400,
      join: true,
    };
    await clients.ask<ClientAnswer>(connect);
    return (await server.ask<ServerAnswer>({ settle: true, settleMs })).residentBytes;
  };
  const first = await holding(FIRST_SOCKETS);
  const all = await holding(sockets);
  return {
    all: (all - empty) / 1024 / sockets,
    beyondFirst: (all - first) / 1024 / (sockets - FIRST_SOCKETS),
  };
}

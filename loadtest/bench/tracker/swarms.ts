import { Command } from "commander";
import { parseFlags, wholeNumber } from "../../../command-line/flags.js";
import { describeMachine } from "../machine.js";
import { writeReport } from "./markdown-section.js";
import type { NearcastOptions } from "./nearcast.js";
import { Pinned } from "./pinned.js";
import type { ServerAnswer, ServerEngine } from "./server-process.js";
import { type Contender, connect, type Turn, type TurnLoad, takeTurns } from "./side-by-side.js";
import { type TurnFlags, withTurnFlags } from "./turn-flags.js";
import { renderTurns } from "./turns-report.js";

interface Flags extends TurnFlags {
  readonly stock: number;
}

/** `npm run bench -- tracker-swarms`: what an announce costs in one large swarm and in many small ones. */
export async function trackerSwarmsCommand(argv: readonly string[]): Promise<void> {
  const command = withTurnFlags(
    new Command("npm run bench -- tracker-swarms")
      .description(
        "CPU per announce of our tracker with all viewers in one swarm and in swarms of 100, by turns; and of bittorrent-tracker's server with as many viewers as it can have in one swarm.",
      )
      .option("--sockets <number>", "viewers", wholeNumber(2, 19_900), 19_900)
      .option("--stock <number>", "viewers of bittorrent-tracker's server", wholeNumber(2, 1000), 1000),
  );
  const read = parseFlags(command, argv);
  if ("help" in read) {
    process.stdout.write(read.help);
    return;
  }
  const { sockets, swarm, stock, report: file, ...load } = read.command.opts<Flags>();
  const ours = await compare("nearcast", { sockets, swarm }, load);
  const stocks = await compare("stock", { sockets: stock, swarm }, load);
  const { cores, cpu, node } = describeMachine("");
  const report = renderTurns({
    title: "One large swarm",
    command: ["npm run bench -- tracker-swarms", ...argv].join(" "),
    about: `CPU per announce with ${load.offers} offers, every offer answered, ${load.rate} announces a second, turns of ${load.seconds} s, medians of ${load.rounds}; ${cores} × ${cpu}, Node ${node}. Both trackers have as many sockets, which are not pinged meanwhile. bittorrent-tracker's server drops the oldest of more than 1,000 peers of a swarm, so it is shown with no more.`,
    columns: [`swarms of ${swarm}, µs`, "one swarm, µs"],
    rows: [
      { name: `ours, ${sockets} peers`, turns: ours, must: "≤ 1.2" },
      { name: `stock, ${stock} peers`, turns: stocks, must: "" },
    ],
  });
  writeReport(report, file);
}

/** @returns the turns with small swarms, and with one. */
async function compare(
  engine: ServerEngine,
  { sockets, swarm }: { readonly sockets: number; readonly swarm: number },
  load: TurnLoad,
): Promise<readonly [Turn[], Turn[]]> {
  const args = [engine, JSON.stringify({ pings: false } satisfies NearcastOptions)];
  await using server = Pinned.start("server-process", args, 0);
  await using clients = Pinned.start("client-process", [], 1);
  await using otherServer = Pinned.start("server-process", args, 0);
  await using otherClients = Pinned.start("client-process", [], 1);
  const small: Contender = { servers: [server], clients };
  const large: Contender = { servers: [otherServer], clients: otherClients };
  for (const [contender, size] of [
    [small, swarm],
    [large, sockets],
  ] as const) {
    const [tracker] = contender.servers;
    if (tracker === undefined) continue;
    const { url } = await tracker.ask<ServerAnswer>({ settle: false });
    await connect(contender, { urls: [url], sockets, swarm: size });
  }
  const [smallTurns = [], largeTurns = []] = await takeTurns([small, large], load);
  return [smallTurns, largeTurns];
}

import { Command } from "commander";
import { parseFlags, wholeNumber } from "../../../command-line/flags.js";
import { BenchError } from "../bench-error.js";
import { describeMachine } from "../machine.js";
import { requirePrograms } from "../programs.js";
import { writeReport } from "./markdown-section.js";
import type { NearcastOptions } from "./nearcast.js";
import { Pinned } from "./pinned.js";
import { RedisServer } from "./redis-server.js";
import type { ServerAnswer } from "./server-process.js";
import { type Contender, connect, type Turn, type TurnLoad, takeTurns } from "./side-by-side.js";
import { type TurnFlags, withTurnFlags } from "./turn-flags.js";
import { renderTurns } from "./turns-report.js";

/** Two nodes have heard of each other after a heartbeat or two, if they ever do. */
const AGREE_MS = 20_000;
const ASK_EVERY_MS = 200;

/** `npm run bench -- tracker-nodes`: what it costs that two nodes share a service through Redis. */
export async function trackerNodesCommand(argv: readonly string[]): Promise<void> {
  const command = withTurnFlags(
    new Command("npm run bench -- tracker-nodes")
      .description(
        "CPU per announce of one node without Redis, and of two nodes with a real redis-server where viewers announce at the node that their swarms do not belong to, by turns.",
      )
      .option("--sockets <number>", "viewers", wholeNumber(2, 19_000), 2000),
  );
  const read = parseFlags(command, argv);
  if ("help" in read) {
    process.stdout.write(read.help);
    return;
  }
  requirePrograms(["redis-server"]);
  const { sockets, swarm, report: file, ...load } = read.command.opts<TurnFlags>();
  const apart = await compare(({ home, stranger }) => [stranger, home], {
    sockets,
    swarm,
    apart: true,
    load,
  });
  const strange = await compare(({ stranger }) => [stranger], { sockets, swarm, apart: false, load });
  const { cores, cpu, node } = describeMachine("");
  const row = { must: "≤ 100", digits: 0, figure: (a: number, b: number) => (b - a) / load.offers };
  const report = renderTurns({
    title: "Two nodes through Redis",
    command: ["npm run bench -- tracker-nodes", ...argv].join(" "),
    about: `CPU per announce with ${load.offers} offers, every offer answered; ${sockets} sockets in swarms of ${swarm}, ${load.rate} announces a second, turns of ${load.seconds} s, medians of ${load.rounds}; ${cores} × ${cpu}, Node ${node}. Every announce is made at the node that its swarm does not belong to. In the first row all offers are for viewers at the other node: announces, offers and answers go through redis-server. In the second row all viewers are at one node, and only announces do. Two nodes' CPU is that of both together, without redis-server's; the one node has the same viewers that announce and answer.`,
    columns: ["one node, µs", "two nodes, µs"],
    figure: "added per offer and answer, µs",
    rows: [
      { ...row, name: "every introduction between the nodes", turns: apart },
      { ...row, name: "every swarm at home at the other node", turns: strange },
    ],
  });
  writeReport(report, file);
}

/** Where viewers of a pair of nodes announce. */
interface PairUrls {
  /** Of the node that their swarms belong to. */
  readonly home: string;
  readonly stranger: string;
}

/**
 * @param urlsOf where viewers announce; one by one where there are several.
 * @returns the turns of one node, and those of two.
 */
async function compare(
  urlsOf: (pair: PairUrls) => readonly string[],
  options: {
    readonly sockets: number;
    readonly swarm: number;
    readonly apart: boolean;
    readonly load: TurnLoad;
  },
): Promise<readonly [Turn[], Turn[]]> {
  const { load, ...viewers } = options;
  await using redis = await RedisServer.start(1);
  const secret = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64url");
  const sharing = { redis: redis.url, secret };
  const start = (options: NearcastOptions) =>
    Pinned.start("server-process", ["nearcast", JSON.stringify({ pings: false, ...options })], 0);
  await using alone = start({});
  await using aloneClients = Pinned.start("client-process", [], 1);
  await using first = start({ sharing });
  await using second = start({ sharing });
  await using clients = Pinned.start("client-process", [], 1);
  const one: Contender = { servers: [alone], clients: aloneClients };
  const two: Contender = { servers: [first, second], clients };
  const { url } = await alone.ask<ServerAnswer>({ settle: false });
  await connect(one, { ...viewers, urls: urlsOf({ home: url, stranger: url }) });
  await connect(two, { ...viewers, urls: urlsOf(await pairUrls(first, second)) });
  const [oneTurns = [], twoTurns = []] = await takeTurns([one, two], load);
  return [oneTurns, twoTurns];
}

/** @throws {BenchError} where the nodes do not agree which of them serves the bench's stream. */
async function pairUrls(first: Pinned, second: Pinned): Promise<PairUrls> {
  const urls = await Promise.all(
    [first, second].map(async (node) => (await node.ask<ServerAnswer>({ settle: false })).url),
  );
  const untilMs = performance.now() + AGREE_MS;
  while (performance.now() < untilMs) {
    const homes = await Promise.all(urls.map(homeOf));
    const home = urls.find((url) => homes.every((host) => host === new URL(url).host));
    const stranger = urls.find((url) => url !== home);
    if (home !== undefined && stranger !== undefined) return { home, stranger };
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
  }
  throw new BenchError("The two nodes do not find each other through Redis.");
}

/** Host and port of the node that a node sends the stream's viewers to. */
async function homeOf(url: string): Promise<string | undefined> {
  const asked = new URL(url.replace(/^ws/, "http"));
  const token = asked.searchParams.get("token") ?? "";
  const stream = asked.searchParams.get("stream") ?? "";
  const response = await fetch(new URL(`/join?stream=${stream}`, asked), {
    headers: { Authorization: `Bearer ${token}` },
  });
  if (!response.ok) throw new BenchError(`/join: expected 200, got ${response.status}`);
  const { announce } = (await response.json()) as { readonly announce: readonly string[] };
  return announce[0] === undefined ? undefined : new URL(announce[0], asked).host;
}

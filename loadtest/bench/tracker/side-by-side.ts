import type { ClientAnswer, ClientQuestion } from "./client-process.js";
import type { Pinned } from "./pinned.js";
import type { ServerAnswer } from "./server-process.js";

/** A tracker, of one process or several, and its viewers. */
export interface Contender {
  readonly servers: readonly Pinned[];
  readonly clients: Pinned;
}

export interface TurnLoad {
  readonly offers: number;
  /** Announces a second. */
  readonly rate: number;
  /** Of each turn. */
  readonly seconds: number;
  readonly rounds: number;
}

/** What one contender took for one turn. */
export interface Turn {
  /** Of all its servers together. */
  readonly cpuUsPerAnnounce: number;
  /** Of the offers made. */
  readonly answered: number;
}

/** As browsers of today make them. */
const SDP_BYTES = 1800;
/** The first turn at most, which is not counted: the compiler has to have seen everything. */
const WARM_UP_S = 15;
/** The beginning of each turn, which is not counted: while others had theirs, the heap was made small for want of work. */
const LEAD_IN_S = 2;

/** Opens viewers' sockets, spread over the URLs one by one, and takes them into their swarms. */
export async function connect(
  { clients }: Contender,
  where: Pick<Extract<ClientQuestion, { do: "connect" }>, "urls" | "sockets" | "apart"> & {
    readonly swarm: number;
  },
): Promise<void> {
  const { swarm, ...whom } = where;
  const question: ClientQuestion = {
    do: "connect",
    ...whom,
    swarmSize: swarm,
    sdpBytes: SDP_BYTES,
    join: true,
  };
  await clients.ask<ClientAnswer>(question);
}

/**
 * Has contenders that are all up take the same load by turns: whatever else the machine does meets all of them.
 *
 * @returns each contender's turns.
 */
export async function takeTurns(contenders: readonly Contender[], load: TurnLoad): Promise<Turn[][]> {
  for (const { clients } of contenders) await announce(clients, load, Math.min(WARM_UP_S, 3 * load.seconds));
  const turns: Turn[][] = contenders.map(() => []);
  for (let round = 0; round < load.rounds; round++) {
    const order = [...contenders.entries()];
    // What gets slower or faster all the time meets the one as much as the other.
    if (round % 2 === 1) order.reverse();
    for (const [index, contender] of order) turns[index]?.push(await takeTurn(contender, load));
  }
  return turns;
}

async function takeTurn(contender: Contender, load: TurnLoad): Promise<Turn> {
  const { offers, seconds } = load;
  await announce(contender.clients, load, Math.min(LEAD_IN_S, seconds));
  const beforeMs = await cpuMs(contender);
  const { announces, answers } = await announce(contender.clients, load, seconds);
  const usedMs = (await cpuMs(contender)) - beforeMs;
  return { cpuUsPerAnnounce: (usedMs * 1000) / announces, answered: answers / (announces * offers) };
}

function announce(clients: Pinned, { offers, rate }: TurnLoad, seconds: number): Promise<ClientAnswer> {
  const question: ClientQuestion = { do: "announce", perSecond: rate, seconds, offers };
  return clients.ask<ClientAnswer>(question);
}

async function cpuMs({ servers }: Contender): Promise<number> {
  let used = 0;
  for (const server of servers) used += (await server.ask<ServerAnswer>({ settle: false })).cpuMs;
  return used;
}

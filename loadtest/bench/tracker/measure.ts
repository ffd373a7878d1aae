import { loadavg } from "node:os";
import type { ClientAnswer, ClientQuestion } from "./client-process.js";
import { Pinned } from "./pinned.js";
import type { ServerAnswer, ServerEngine } from "./server-process.js";

export interface TrackerBenchLoad {
  readonly sockets: number;
  readonly swarm: number;
  readonly offers: number;
  /** Announces a second. */
  readonly rate: number;
  readonly seconds: number;
}

/** What one engine took for one load. */
export interface TrackerSample {
  readonly cpuUsPerAnnounce: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  /** Of the offers made. Answers that were late in warming up count, too: above 1 the machine was too busy. */
  readonly answered: number;
  /** Resident memory that each open socket in its swarm has added, before it announces with offers. */
  readonly bytesPerSocket: number;
  /** The system's load average of the last minute, afterwards. */
  readonly machineLoad: number;
}

/** As browsers of today make them. */
const SDP_BYTES = 1800;
/** Announces before what is measured, for the compiler to have seen everything. */
const WARM_UP_S = 5;

export async function measure(engine: ServerEngine, load: TrackerBenchLoad): Promise<TrackerSample> {
  await using server = Pinned.start("server-process", [engine], 0);
  await using clients = Pinned.start("client-process", [], 1);
  const { url, residentBytes: empty } = await server.ask<ServerAnswer>({ settle: true });
  const ask = (question: ClientQuestion) => clients.ask<ClientAnswer>(question);
  const { sockets, swarm, offers, rate, seconds } = load;
  await ask({ do: "connect", urls: [url], sockets, swarmSize: swarm, sdpBytes: SDP_BYTES, join: true });
  const { residentBytes: connected } = await server.ask<ServerAnswer>({ settle: true });
  await ask({ do: "announce", perSecond: rate, seconds: WARM_UP_S, offers });
  const before = await server.ask<ServerAnswer>({ settle: false });
  const { announces, answers, latencyMs } = await ask({ do: "announce", perSecond: rate, seconds, offers });
  const after = await server.ask<ServerAnswer>({ settle: false });
  return {
    cpuUsPerAnnounce: ((after.cpuMs - before.cpuMs) * 1000) / announces,
    p50Ms: latencyMs.p50,
    p99Ms: latencyMs.p99,
    answered: answers / (announces * offers),
    bytesPerSocket: (connected - empty) / sockets,
    machineLoad: loadavg()[0] ?? 0,
  };
}

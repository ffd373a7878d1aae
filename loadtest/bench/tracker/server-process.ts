// One tracker in a process of its own: `stock` is bittorrent-tracker as it comes, `nearcast` ours with all that it has.
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import Server from "bittorrent-tracker/server";
import { type NearcastOptions, startNearcast } from "./nearcast.js";

/** What the server process answers to a question. */
export interface ServerAnswer {
  readonly url: string;
  /** Used so far, in user mode and in the kernel. */
  readonly cpuMs: number;
  readonly residentBytes: number;
}

export type ServerEngine = "stock" | "nearcast";

/** Longer than any run: clients announce when the bench wants it. */
const INTERVAL_MS = 600_000;
/** Garbage collections, with a rest after each: a heap that was busy gives its memory back only when it is not any more. */
const SETTLE_ROUNDS = 8;

const [engine, options = "{}"] = process.argv.slice(2);
const url =
  engine === "stock" ? await startStock() : await startNearcast(JSON.parse(options) as NearcastOptions);

process.on("message", async ({ settle, settleMs = 600 }: { settle: boolean; settleMs?: number }) => {
  if (settle) {
    for (let round = 0; round < SETTLE_ROUNDS; round++) {
      globalThis.gc?.();
      await sleep(settleMs / SETTLE_ROUNDS);
    }
  }
  const { user, system } = process.cpuUsage();
  const answer: ServerAnswer = {
    url,
    cpuMs: (user + system) / 1000,
    residentBytes: process.memoryUsage.rss(),
  };
  process.send?.(answer);
});

async function startStock(): Promise<string> {
  const server = new Server({ interval: INTERVAL_MS, http: true, udp: false, ws: true, stats: false });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `ws://127.0.0.1:${server.http.address().port}`;
}

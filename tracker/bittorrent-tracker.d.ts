// What the tracker uses of bittorrent-tracker 11's server; the package brings no types.
declare module "bittorrent-tracker/server" {
  import type { EventEmitter } from "node:events";

  export type Callback<T> = (error: Error | null, result?: T) => void;

  /** What the server's own code needs of a swarm is not needed here: it gets no messages. */
  export interface ServerSwarm {
    readonly size: number;
  }

  export default class Server extends EventEmitter {
    constructor(options: { interval: number; http: false; udp: false; ws: false; stats: false });
    /** Milliseconds between announces. */
    intervalMs: number;
    createSwarm(key: string, done: Callback<ServerSwarm>): void;
    getSwarm(key: string, done: Callback<ServerSwarm>): void;
    onWebSocketConnection(socket: unknown, options?: unknown): void;
    close(done?: () => void): void;
  }
}

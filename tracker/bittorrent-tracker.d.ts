// What the tracker uses of bittorrent-tracker 11's server; the package brings no types.
declare module "bittorrent-tracker/server" {
  import type { EventEmitter } from "node:events";

  /** A WebSocket as the server sees it: it listens for `message` and `close`, and sends text. */
  export interface ServerSocket extends EventEmitter {
    send(text: string, done?: (error?: Error) => void): void;
  }

  /** An announce or answer after the server's own parsing: ids are in hexadecimal. */
  export interface AnnounceParams {
    readonly event: string;
    readonly peer_id: string;
    readonly numwant: number;
    /** Absent on the `stopped` that the server makes up when a socket closes. */
    readonly socket?: ServerSocket;
    readonly left?: number;
    readonly offers?: readonly { readonly offer_id: string }[];
    readonly answer?: unknown;
  }

  export interface SwarmPeer {
    readonly peerId: string;
    readonly socket: ServerSocket;
  }

  export interface AnnounceResponse {
    complete: number;
    incomplete: number;
    /** The first offer goes to the first peer, the second to the second, and so on. */
    peers: SwarmPeer[];
  }

  export type Callback<T> = (error: Error | null, result?: T) => void;

  /** The interface that swarms from `createSwarm` and `getSwarm` have to support. */
  export interface ServerSwarm {
    readonly peers: { get(peerId: string): SwarmPeer | undefined };
    announce(params: AnnounceParams, done?: Callback<AnnounceResponse>): void;
    scrape(params: unknown, done: Callback<{ complete: number; incomplete: number }>): void;
  }

  export default class Server extends EventEmitter {
    constructor(options: { interval: number; http: false; udp: false; ws: false; stats: false });
    /** Swarms by info_hash in hexadecimal. Read by the server when a socket closes. */
    torrents: Record<string, ServerSwarm>;
    createSwarm(infoHash: string, done: Callback<ServerSwarm>): void;
    getSwarm(infoHash: string, done: Callback<ServerSwarm>): void;
    onWebSocketConnection(socket: ServerSocket): void;
    close(done?: () => void): void;
  }
}

import type { Duplex } from "node:stream";
import Server, { type Callback } from "bittorrent-tracker/server";
import type { ClientSocket } from "./client-socket.js";
import { Swarm } from "./swarm.js";
import type { Visitor } from "./visitor.js";
import type { InfoHash } from "./wire/bytes20.js";

/** Names a swarm within the tracker: the same info_hash of two streams, whose viewers must not meet, are two swarms. */
export type SwarmKey = string & { readonly __brand: "SwarmKey" };

/** @param stream that tokens bind the swarm's viewers to; empty where nothing binds them. */
export function swarmKey(stream: string, infoHash: InfoHash): SwarmKey {
  return `${stream}/${infoHash}` as SwarmKey;
}

/** Whether a swarm's viewers are bound to a stream. */
export function isBound(key: SwarmKey): boolean {
  return !key.startsWith("/");
}

/** A WebSocket that was let in. */
export interface Arrival {
  readonly visitor: Visitor;
  /** What the WebSocket's frames go over. */
  readonly duplex: Duplex;
}

/**
 * bittorrent-tracker's server with swarms and message handling of our own, at the places where it lets them be
 * exchanged. It does not listen, and its own handling, which trusts what clients send, gets to see nothing.
 *
 * Swarms are looked up and made in the same turn of the event loop: the stock server takes a tick for each,
 * so that two first announces made at once end up in two swarms, one of which is lost.
 */
export class SwarmServer extends Server {
  readonly #swarms = new Map<SwarmKey, Swarm>();
  readonly #random: () => number;
  readonly #onArrival: (socket: ClientSocket, arrival: Arrival) => void;

  constructor(options: {
    readonly announceIntervalMs: number;
    readonly random: () => number;
    readonly onArrival: (socket: ClientSocket, arrival: Arrival) => void;
  }) {
    super({ interval: options.announceIntervalMs, http: false, udp: false, ws: false, stats: false });
    this.#random = options.random;
    this.#onArrival = options.onArrival;
  }

  override getSwarm(key: SwarmKey, done: Callback<Swarm>): void {
    done(null, this.#swarms.get(key));
  }

  override createSwarm(key: SwarmKey, done: Callback<Swarm>): void {
    done(null, this.enter(key));
  }

  override onWebSocketConnection(socket: ClientSocket, arrival: Arrival): void {
    this.#onArrival(socket, arrival);
  }

  swarm(key: SwarmKey): Swarm | undefined {
    return this.#swarms.get(key);
  }

  /** Makes the swarm where there is none yet. */
  enter(key: SwarmKey): Swarm {
    let swarm = this.#swarms.get(key);
    if (swarm === undefined) {
      swarm = new Swarm({ random: this.#random });
      this.#swarms.set(key, swarm);
    }
    return swarm;
  }

  /** Forgets a swarm that nobody is in. */
  tidy(key: SwarmKey): void {
    if (this.#swarms.get(key)?.size === 0) this.#swarms.delete(key);
  }

  get swarms(): Iterable<Swarm> {
    return this.#swarms.values();
  }

  get swarmCount(): number {
    return this.#swarms.size;
  }

  /** A page that watches several renditions counts once for each. */
  countPeers(): number {
    let peers = 0;
    for (const swarm of this.#swarms.values()) peers += swarm.size;
    return peers;
  }
}

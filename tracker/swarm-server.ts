import Server, { type Callback } from "bittorrent-tracker/server";
import type { Membership } from "./membership.js";
import { Swarm } from "./swarm.js";
import { type InfoHash, type PeerId, toHex } from "./wire/bytes20.js";

/** The WebSocket interval that bittorrent-tracker's server announces is a fifth of the interval it is given. */
const INTERVAL_DIVISOR = 5;

/**
 * bittorrent-tracker's server without any listening of its own, with our swarms.
 *
 * Swarms are looked up and made in the same turn of the event loop: the stock server takes a tick for each,
 * so that two first announces made at once end up in two swarms, one of which is lost.
 */
export class SwarmServer extends Server {
  declare torrents: Record<string, Swarm>;
  #swarmCount = 0;

  readonly #random: () => number;
  readonly #onIntroduced: (offers: number) => void;

  constructor(options: {
    readonly announceIntervalMs: number;
    readonly random: () => number;
    readonly onIntroduced: (offers: number) => void;
  }) {
    super({
      interval: options.announceIntervalMs * INTERVAL_DIVISOR,
      http: false,
      udp: false,
      ws: false,
      stats: false,
    });
    this.#random = options.random;
    this.#onIntroduced = options.onIntroduced;
  }

  override getSwarm(infoHash: string, done: Callback<Swarm>): void {
    done(null, this.torrents[infoHash]);
  }

  override createSwarm(infoHash: string, done: Callback<Swarm>): void {
    const swarm = new Swarm({
      random: this.#random,
      onIntroduced: this.#onIntroduced,
      onEmpty: () => this.#delete(infoHash, swarm),
    });
    this.torrents[infoHash] = swarm;
    this.#swarmCount += 1;
    done(null, swarm);
  }

  /** Who holds a peer id in a swarm. */
  holderOf(infoHash: InfoHash, peerId: PeerId): Membership | undefined {
    return this.torrents[toHex(infoHash)]?.peers.get(toHex(peerId))?.socket;
  }

  get swarmCount(): number {
    return this.#swarmCount;
  }

  /** A page that watches several renditions counts once for each. */
  countPeers(): number {
    let peers = 0;
    for (const swarm of Object.values(this.torrents)) peers += swarm.peers.size;
    return peers;
  }

  #delete(infoHash: string, swarm: Swarm): void {
    if (this.torrents[infoHash] !== swarm) return;
    delete this.torrents[infoHash];
    this.#swarmCount -= 1;
  }
}

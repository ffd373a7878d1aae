import type { StreamName } from "../../player/protocol/index.js";
import type { SwarmKey } from "../swarm-server.js";

/** Swarms that are remembered; with more, the ones not heard of for longest are forgotten. */
const MAX_SWARMS = 50_000;
/** After so long without a viewer who names the stream. */
const LIFETIME_MS = 120_000;
/** What holds on is told to the other nodes again after this. */
const REPEAT_MS = 30_000;
/** Swarms told at one time. */
const MAX_TOLD = 1000;

interface Known {
  readonly stream: StreamName;
  readonly untilMs: number;
  /** When this node has told the others last. */
  readonly toldAtMs: number;
}

/**
 * Which streams swarms belong to. Clients that announce without naming their stream (any webtorrent client may) have to
 * get to the same node as those that do.
 */
export class SwarmStreams {
  readonly #known = new Map<SwarmKey, Known>();
  readonly #untold = new Map<SwarmKey, StreamName>();

  /** A viewer at this node names the stream. While a swarm has a stream, other viewers cannot give it another. */
  note(key: SwarmKey, stream: StreamName, nowMs: number): void {
    const known = this.#alive(key, nowMs);
    if (known !== undefined && known.stream !== stream) return;
    const isTold = known !== undefined && known.toldAtMs > nowMs - REPEAT_MS;
    if (isTold) return;
    this.#keep(key, { stream, untilMs: nowMs + LIFETIME_MS, toldAtMs: nowMs });
    if (this.#untold.size < MAX_TOLD) this.#untold.set(key, stream);
  }

  /** Another node has said so. */
  learn(key: SwarmKey, stream: StreamName, nowMs: number): void {
    const known = this.#known.get(key);
    this.#keep(key, { stream, untilMs: nowMs + LIFETIME_MS, toldAtMs: known?.toldAtMs ?? -REPEAT_MS });
  }

  streamOf(key: SwarmKey, nowMs: number): StreamName | undefined {
    return this.#alive(key, nowMs)?.stream;
  }

  /** What the other nodes have to be told now. */
  takeUntold(): readonly (readonly [SwarmKey, StreamName])[] {
    const untold = [...this.#untold];
    this.#untold.clear();
    return untold;
  }

  #alive(key: SwarmKey, nowMs: number): Known | undefined {
    const known = this.#known.get(key);
    return known !== undefined && known.untilMs > nowMs ? known : undefined;
  }

  #keep(key: SwarmKey, known: Known): void {
    // Those heard of last come last.
    this.#known.delete(key);
    this.#known.set(key, known);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= MAX_SWARMS) break;
      this.#known.delete(oldest);
    }
  }
}

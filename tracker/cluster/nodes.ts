import type { StreamName } from "../../player/protocol/index.js";
import { Ring, type RingNode } from "./ring.js";

/** How a node is doing. */
export interface Load {
  readonly sockets: number;
  readonly socketLimit: number;
  readonly uptimeS: number;
}

/** What a node says about itself with each heartbeat. */
export interface Beat extends RingNode {
  /** A number that is another one with each heartbeat: clocks of different machines are not compared. */
  readonly beat: number;
  /** It is about to stop: nobody is sent to it any more. */
  readonly draining: boolean;
  /** Viewers of its streams, those with the most. */
  readonly viewers: Readonly<Record<string, number>>;
  /** Absent at nodes of an earlier version. */
  readonly load?: Load;
}

/** A node that has not changed its heartbeat for so many of its intervals is gone. */
const MISSED_BEATS = 4;
/** And is forgotten after so many. */
const FORGOTTEN_BEATS = 60;

interface Known {
  beat: Beat;
  changedAtMs: number;
}

/** Which nodes there are, judged by their heartbeats. */
export class Nodes {
  ring: Ring;
  readonly #self: RingNode;
  readonly #intervalMs: number;
  readonly #others = new Map<string, Known>();
  #livingIds: string[] = [];
  #living: readonly Beat[] = [];
  #isDraining = false;

  constructor(self: RingNode, options: { readonly intervalMs: number }) {
    this.#self = self;
    this.#intervalMs = options.intervalMs;
    this.ring = new Ring([self]);
  }

  /**
   * Takes what all nodes have said last.
   *
   * @returns ids of nodes that are gone, and of those whose entries can be deleted.
   */
  update(beats: Iterable<Beat>, nowMs: number): { readonly gone: string[]; readonly forgotten: string[] } {
    const before = new Set(this.#livingIds);
    const seen = new Set<string>();
    for (const beat of beats) {
      if (beat.id === this.#self.id) continue;
      seen.add(beat.id);
      const known = this.#others.get(beat.id);
      if (known === undefined) this.#others.set(beat.id, { beat, changedAtMs: nowMs });
      else if (known.beat.beat !== beat.beat) Object.assign(known, { beat, changedAtMs: nowMs });
    }
    const forgotten: string[] = [];
    for (const [id, { changedAtMs }] of this.#others) {
      const isForgotten = nowMs - changedAtMs > FORGOTTEN_BEATS * this.#intervalMs;
      if (isForgotten) forgotten.push(id);
      if (isForgotten || !seen.has(id)) this.#others.delete(id);
    }
    const living = this.#livingAt(nowMs);
    this.#living = living;
    this.#livingIds = living.map(({ id }) => id);
    for (const id of this.#livingIds) before.delete(id);
    this.#makeRing(living);
    return { gone: [...before], forgotten };
  }

  /** Nobody else can be asked. */
  alone(): string[] {
    const gone = this.#livingIds;
    this.#livingIds = [];
    this.#living = [];
    this.#others.clear();
    this.ring = new Ring([this.#self]);
    return gone;
  }

  drain(nowMs: number): void {
    this.#isDraining = true;
    this.#makeRing(this.#livingAt(nowMs));
  }

  /** What the others that are there have said last. */
  get others(): readonly Beat[] {
    return this.#living;
  }

  get isDraining(): boolean {
    return this.#isDraining;
  }

  /** Viewers of a stream at the other nodes. */
  viewersElsewhere(stream: StreamName): number {
    let viewers = 0;
    for (const beat of this.#living) viewers += beat.viewers[stream] ?? 0;
    return viewers;
  }

  /** Without those that are gone; includes those that drain. */
  #livingAt(nowMs: number): Beat[] {
    return Array.from(this.#others.values())
      .filter(({ changedAtMs }) => nowMs - changedAtMs <= MISSED_BEATS * this.#intervalMs)
      .map(({ beat }) => beat);
  }

  #makeRing(living: readonly Beat[]): void {
    const others = living.filter(({ draining }) => !draining);
    const nodes = this.#isDraining && others.length > 0 ? others : [this.#self, ...others];
    const isSame =
      nodes.length === this.ring.nodes.length &&
      nodes.every(({ id }) => this.ring.nodes.some((node) => node.id === id));
    if (!isSame) this.ring = new Ring(nodes.map(({ id, url }) => ({ id, url })));
  }
}

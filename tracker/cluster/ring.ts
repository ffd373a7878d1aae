/** A tracker process as the others know it. */
export interface RingNode {
  readonly id: string;
  /** Its address as players see it, e.g. `https://tracker-1.example/`. */
  readonly url: string;
}

/**
 * Shares keys out among nodes by rendezvous hashing: every node comes to the same result by itself, and where one comes
 * or goes only its own share moves.
 */
export class Ring {
  readonly nodes: readonly RingNode[];
  readonly #ownerOf = new Map<string, RingNode | undefined>();

  constructor(nodes: readonly RingNode[]) {
    this.nodes = nodes;
  }

  /** @returns nothing where there is no node. */
  ownerOf(key: string): RingNode | undefined {
    if (this.#ownerOf.has(key)) return this.#ownerOf.get(key);
    let best: RingNode | undefined;
    let bestScore = -1;
    for (const node of this.nodes) {
      const score = hash(`${key}\n${node.id}`);
      if (score > bestScore || (score === bestScore && best !== undefined && node.id < best.id)) {
        best = node;
        bestScore = score;
      }
    }
    if (this.#ownerOf.size >= REMEMBERED) this.#ownerOf.clear();
    this.#ownerOf.set(key, best);
    return best;
  }
}

const REMEMBERED = 100_000;

/** FNV-1a with murmur3's last mix, which spreads what differs in the last characters only. 32 bits. */
export function hash(text: string): number {
  let state = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    state = Math.imul(state ^ text.charCodeAt(index), 0x01000193);
  }
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}

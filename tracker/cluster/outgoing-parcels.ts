import type { Parcel } from "./envelope.js";

/**
 * Parcels wait so long for others to the same node: a message through Redis takes more of both nodes' time than what is in
 * it. An introduction waits twice, as its offers and its answer set out from clients; short beside the seconds that two
 * peers take to connect.
 */
const COLLECT_MS = 20;
/** Parcels for one node that wait at one time; more are lost. */
const MAX_WAITING = 10_000;

export interface ParcelOptions {
  /** @default false */
  readonly canWait?: boolean;
}

/** Puts what this node has to say to each other one into few messages. */
export class OutgoingParcels {
  readonly #post: (node: string, parcels: readonly Parcel[]) => void;
  readonly #waiting = new Map<string, Parcel[]>();
  /** To the message that is being taken. */
  #answers: { readonly to: string; readonly parcels: Parcel[] } | undefined;

  /** @param post sends one message. */
  constructor(post: (node: string, parcels: readonly Parcel[]) => void) {
    this.#post = post;
  }

  /** @param options.canWait it waits even where it answers the message that is being taken. */
  add(node: string, parcel: Parcel, { canWait = false }: ParcelOptions = {}): void {
    if (node === this.#answers?.to && !canWait) {
      this.#answers.parcels.push(parcel);
      return;
    }
    if (this.#waiting.size === 0) setTimeout(this.flush, COLLECT_MS);
    const waiting = this.#waiting.get(node) ?? [];
    if (waiting.length < MAX_WAITING) waiting.push(parcel);
    this.#waiting.set(node, waiting);
  }

  /**
   * Takes a node's message. What is said to that node meanwhile leaves at once, unless it can wait: it was collected with
   * the message. What waits for the node does not go along, or each answer would lead to another one.
   */
  answering(node: string, take: () => void): void {
    const answers = { to: node, parcels: [] };
    this.#answers = answers;
    try {
      take();
    } finally {
      this.#answers = undefined;
      if (answers.parcels.length > 0) this.#post(node, answers.parcels);
    }
  }

  /** Sends all that waits. */
  readonly flush = (): void => {
    for (const [node, parcels] of this.#waiting) this.#post(node, parcels);
    this.#waiting.clear();
  };
}

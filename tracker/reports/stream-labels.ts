import type { StreamName } from "../../player/protocol/index.js";

/** What all streams beyond the limit are called. */
export const OTHER = "other";

/** Bounds the values of the label `stream`: those that are configured, or the first to be heard of. */
export class StreamLabels {
  readonly #named: Set<string>;
  readonly #limit: number;

  /** @param named streams that always have a label. @param limit of labels besides `other`. */
  constructor(named: readonly string[], limit: number) {
    this.#named = new Set(named.slice(0, limit));
    this.#limit = limit;
  }

  of(stream: StreamName): string {
    if (this.#named.has(stream)) return stream;
    if (this.#named.size >= this.#limit) return OTHER;
    this.#named.add(stream);
    return stream;
  }
}

import { createHash } from "node:crypto";
import type { SegmentDigest } from "../../player/protocol/index.js";
import type { SegmentBytes } from "./segment-bytes.js";

type Range = { readonly start: number; readonly end: number };

interface Waiting {
  readonly run: () => void;
  readonly isUrgent: boolean;
}

/** More would make the disk's head jump, not the hashes come sooner. */
const SIMULTANEOUS = 2;
/** 200 bytes each. */
const MOST_KEPT = 100_000;

/** Hashes segments, each once for as long as it does not change, a few at a time. */
export class SegmentDigests {
  readonly #known = new Map<string, SegmentDigest | Promise<SegmentDigest | undefined>>();
  readonly #waiting: Waiting[] = [];
  #running = 0;

  /** A digest that has been made already, or is being made; `undefined` where none could be. */
  known(source: SegmentBytes, range: Range | undefined): SegmentDigest | "hashing" | undefined {
    const known = this.#known.get(keyOf(source, range));
    return known instanceof Promise ? "hashing" : known;
  }

  /**
   * `undefined` where the bytes cannot be read, or are fewer than the range says.
   *
   * @param isUrgent goes before those that wait.
   */
  async of(
    source: SegmentBytes,
    range: Range | undefined,
    isUrgent = false,
  ): Promise<SegmentDigest | undefined> {
    const key = keyOf(source, range);
    const known = this.#known.get(key);
    if (known) return known;
    if (range && !(range.start >= 0 && range.end >= range.start)) return undefined;
    const hashing = this.#inTurn(isUrgent, () => hash(source, range)).then((digest) => {
      if (digest) this.#known.set(key, digest);
      else this.#known.delete(key);
      return digest;
    });
    this.#known.set(key, hashing);
    this.#forgetOldest();
    return hashing;
  }

  async #inTurn<T>(isUrgent: boolean, run: () => Promise<T>): Promise<T> {
    if (this.#running >= SIMULTANEOUS) {
      await new Promise<void>((resolve) => {
        const waiting = { run: resolve, isUrgent };
        const first = this.#waiting.findIndex((other) => !other.isUrgent);
        if (isUrgent && first !== -1) this.#waiting.splice(first, 0, waiting);
        else this.#waiting.push(waiting);
      });
    }
    this.#running++;
    try {
      return await run();
    } finally {
      this.#running--;
      this.#waiting.shift()?.run();
    }
  }

  #forgetOldest(): void {
    for (const [key, value] of this.#known) {
      if (this.#known.size <= MOST_KEPT) return;
      if (!(value instanceof Promise)) this.#known.delete(key);
    }
  }
}

function keyOf({ identity }: SegmentBytes, range: Range | undefined): string {
  return range ? `${identity}|${range.start}-${range.end}` : identity;
}

async function hash(source: SegmentBytes, range: Range | undefined): Promise<SegmentDigest | undefined> {
  const sha256 = createHash("sha256");
  let bytes = 0;
  try {
    for await (const chunk of source.read(range)) {
      sha256.update(chunk as Uint8Array);
      bytes += (chunk as Uint8Array).byteLength;
    }
  } catch {
    // It is gone, or cannot be read: nothing can be said about it.
    return undefined;
  }
  const expected = range ? range.end - range.start + 1 : (source.bytes ?? bytes);
  // Cut off, or still growing: not what viewers will get.
  if (bytes === 0 || bytes !== expected) return undefined;
  return { sha256: sha256.digest("base64url"), bytes };
}

import { LRUCache } from "lru-cache";
import { HttpProblem } from "../http/problem.js";
import { Arriving } from "../memory/arriving.js";
import type { UpstreamAnswer } from "./upstream-client.js";

/** A whole object, or the part of it that was asked for. */
export interface CachedObject {
  readonly content: Uint8Array;
  /** Tells versions apart: the upstream's ETag, or what else there is. */
  readonly validator: string;
  /** Of the whole, for a part: `bytes 0-99/1000`. */
  readonly contentRange: string | undefined;
}

/** An object on its way here. */
export interface ArrivingObject {
  readonly arriving: Arriving;
  /** As the upstream promises. */
  readonly bytes: number | undefined;
  /** @throws {HttpProblem} when it does not come whole. */
  readonly whole: Promise<CachedObject>;
}

export interface ObjectCacheOptions {
  /** Kept at most; the least recently used go first. */
  readonly maxBytes: number;
  /** Larger objects are refused: they would push out everything else. */
  readonly maxObjectBytes: number;
}

export type CacheOutcome = "hit" | "collapsed" | "miss";

/** Keeps objects in memory within a limit, and lets every request for one that is on its way wait for the same fetch. */
export class ObjectCache {
  readonly #options: ObjectCacheOptions;
  readonly #kept: LRUCache<string, CachedObject>;
  readonly #arriving = new Map<string, Promise<ArrivingObject>>();

  constructor(options: ObjectCacheOptions) {
    this.#options = options;
    this.#kept = new LRUCache({
      maxSize: options.maxBytes,
      maxEntrySize: Math.min(options.maxBytes, options.maxObjectBytes),
      sizeCalculation: ({ content }) => Math.max(1, content.byteLength),
    });
  }

  peek(key: string): CachedObject | undefined {
    return this.#kept.get(key);
  }

  clear(): void {
    this.#kept.clear();
  }

  /** @param fetchObject called only when the object is neither here nor on its way. */
  async get(
    key: string,
    fetchObject: () => Promise<UpstreamAnswer>,
  ): Promise<{ outcome: CacheOutcome; object: CachedObject | ArrivingObject }> {
    const kept = this.#kept.get(key);
    if (kept) return { outcome: "hit", object: kept };
    const underway = this.#arriving.get(key);
    if (underway) return { outcome: "collapsed", object: await underway };
    const started = this.#start(key, fetchObject);
    this.#arriving.set(key, started);
    // Whoever waits for it gets the reason.
    started
      .then(({ whole }) => whole)
      .then(
        () => this.#arriving.delete(key),
        () => this.#arriving.delete(key),
      );
    return { outcome: "miss", object: await started };
  }

  async #start(key: string, fetchObject: () => Promise<UpstreamAnswer>): Promise<ArrivingObject> {
    const answer = await fetchObject();
    const { maxObjectBytes } = this.#options;
    if ((answer.bytes ?? 0) > maxObjectBytes) throw tooLarge(maxObjectBytes);
    const arriving = new Arriving();
    const whole = this.#read(key, answer, arriving);
    // It has been told to the followers.
    whole.catch(() => {});
    return { arriving, bytes: answer.bytes, whole };
  }

  async #read(key: string, answer: UpstreamAnswer, arriving: Arriving): Promise<CachedObject> {
    try {
      for await (const chunk of answer.body()) {
        if (arriving.bytes + chunk.byteLength > this.#options.maxObjectBytes) {
          throw tooLarge(this.#options.maxObjectBytes);
        }
        arriving.append(chunk);
      }
    } catch (error) {
      arriving.breakOff();
      throw error;
    }
    arriving.complete();
    const content = await arriving.whole();
    const { etag, contentRange } = answer;
    const object = { content, validator: etag ?? String(content.byteLength), contentRange };
    this.#kept.set(key, object);
    return object;
  }
}

function tooLarge(maxObjectBytes: number): HttpProblem {
  return new HttpProblem(502, `The upstream's object is larger than the ${maxObjectBytes} bytes allowed.`);
}

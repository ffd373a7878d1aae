import { readFile } from "node:fs/promises";
import { LRUCache } from "lru-cache";
import { type FileVersion, isSameVersion } from "./file-version.js";

export interface FileMemoryOptions {
  /** Contents kept at most; the least recently used go first. */
  readonly maxBytes: number;
  /** Larger files are always read from the disk. */
  readonly maxFileBytes: number;
}

/** Files asked for once are remembered by name, so that the second request is known as one. */
const MAX_SEEN = 10_000;

/** Keeps the files in memory that many clients want: those of live streams, and others from their second request on. */
export class FileMemory {
  readonly #options: FileMemoryOptions;
  readonly #contents: LRUCache<string, { version: FileVersion; content: Uint8Array }>;
  readonly #seen = new LRUCache<string, true>({ max: MAX_SEEN });
  readonly #reading = new Map<string, Promise<Uint8Array | undefined>>();

  constructor(options: FileMemoryOptions) {
    this.#options = options;
    this.#contents = new LRUCache({
      maxSize: Math.max(1, options.maxBytes),
      maxEntrySize: Math.max(1, options.maxFileBytes),
      sizeCalculation: ({ content }) => Math.max(1, content.byteLength),
    });
  }

  /** Bytes held. */
  get size(): number {
    return this.#contents.calculatedSize;
  }

  /**
   * The content of a file, read when it is worth keeping.
   *
   * @returns `undefined` when the file should be streamed from the disk.
   */
  async take(version: FileVersion, { isLive }: { isLive: boolean }): Promise<Uint8Array | undefined> {
    const { file, bytes } = version;
    const kept = this.#contents.get(file);
    if (kept && isSameVersion(kept.version, version)) return kept.content;
    if (bytes > this.#options.maxFileBytes || bytes > this.#options.maxBytes) return undefined;
    if (!isLive && !this.#seen.has(file)) {
      this.#seen.set(file, true);
      return undefined;
    }
    const reading = this.#reading.get(file) ?? this.#read(version);
    this.#reading.set(file, reading);
    return await reading;
  }

  /** Takes in a file that has just been written. */
  put(version: FileVersion, content: Uint8Array): void {
    if (content.byteLength <= this.#options.maxFileBytes)
      this.#contents.set(version.file, { version, content });
  }

  forget(file: string): void {
    this.#contents.delete(file);
  }

  async #read(version: FileVersion): Promise<Uint8Array | undefined> {
    try {
      const content = await readFile(version.file);
      // Being written, or cut short: the disk's answer is the one to send.
      if (content.byteLength !== version.bytes) return undefined;
      this.put(version, content);
      return content;
    } catch {
      // Whoever opens it again finds out why.
      return undefined;
    } finally {
      this.#reading.delete(version.file);
    }
  }
}

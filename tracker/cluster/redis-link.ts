import type { Logger } from "pino";
import { createRedis, type RedisConnection } from "./redis-url.js";

/** A command that takes longer has failed: Redis may be stopped without its connections being closed. */
const PATIENCE_MS = 1500;

/** Two connections to Redis, one of which listens, that come back by themselves. */
export class RedisLink {
  readonly #commands: RedisConnection;
  readonly #listener: RedisConnection;
  #hasComplained = false;
  #isListening = false;

  constructor(url: string, options: { readonly logger: Logger }) {
    this.#commands = createRedis(url);
    this.#listener = createRedis(url);
    for (const connection of [this.#commands, this.#listener]) {
      connection.on("error", (error: Error) => {
        // One line for each time it goes, not for each try to come back.
        if (!this.#hasComplained)
          options.logger.warn({ err: error }, "Redis is away: this node goes on by itself");
        this.#hasComplained = true;
      });
    }
    this.#commands.on("ready", () => {
      if (this.#hasComplained) options.logger.info("Redis is back");
      this.#hasComplained = false;
    });
  }

  /** Does not wait for Redis, which may be away. */
  start(channels: Readonly<Record<string, (bytes: Buffer) => void>>): void {
    void this.#commands.connect().catch(() => undefined);
    void this.#listener
      .connect()
      .then(() =>
        Promise.all(
          Object.entries(channels).map(([name, take]) => this.#listener.subscribe(name, take, true)),
        ),
      )
      .then(() => {
        this.#isListening = true;
      })
      .catch(() => undefined);
  }

  /** Whether it has begun to hear what is published. */
  get isListening(): boolean {
    return this.#isListening;
  }

  stop(): void {
    for (const connection of [this.#commands, this.#listener]) {
      try {
        connection.destroy();
      } catch {
        // It was not open.
      }
    }
  }

  /**
   * Lost where Redis is away.
   *
   * @param message the library takes longer for text: it counts its bytes first.
   */
  publish(channel: string, message: string | Buffer): void {
    this.#commands.publish(channel, message).catch(() => undefined);
  }

  /** @throws where Redis is away, or too slow. */
  set(hash: string, field: string, value: string): Promise<unknown> {
    return patiently(this.#commands.hSet(hash, field, value));
  }

  /** @throws where Redis is away, or too slow. */
  remove(hash: string, fields: string | string[]): Promise<unknown> {
    return patiently(this.#commands.hDel(hash, fields));
  }

  /** @throws where Redis is away, or too slow. */
  read(hash: string): Promise<Readonly<Record<string, string>>> {
    return patiently(this.#commands.hGetAll(hash));
  }
}

async function patiently<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE_MS} ms`)), PATIENCE_MS);
  });
  answer.catch(() => undefined);
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

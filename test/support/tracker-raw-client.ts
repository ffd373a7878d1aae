import { once } from "node:events";
import { type ClientOptions, WebSocket } from "ws";

/** A message from the tracker. */
export interface Received {
  readonly action?: string;
  readonly info_hash?: string;
  readonly peer_id?: string;
  readonly offer_id?: string;
  readonly offer?: unknown;
  readonly answer?: unknown;
  readonly interval?: number;
  readonly complete?: number;
  readonly incomplete?: number;
  readonly "failure reason"?: string;
  readonly files?: Record<string, { complete: number; incomplete: number }>;
}

/** Nothing more will come. */
export class ClosedError extends Error {
  constructor(readonly code: number) {
    super(`the connection was closed with ${code}`);
  }
}

/** A WebSocket that says whatever a test wants to say to a tracker, and keeps what it hears until it is asked for. */
export class RawClient implements AsyncDisposable {
  readonly socket: WebSocket;
  /** The code that the connection was closed with. */
  readonly closed: Promise<number>;
  readonly #received: Received[] = [];
  readonly #waiting: { resolve(message: Received): void; reject(error: Error): void }[] = [];

  private constructor(url: string, options: ClientOptions) {
    this.socket = new WebSocket(url, options);
    this.socket.on("error", () => {});
    this.closed = new Promise((resolve) => this.socket.once("close", resolve));
    void this.closed.then((code) => {
      for (const waiting of this.#waiting.splice(0)) waiting.reject(new ClosedError(code));
    });
    this.socket.on("message", (data) => {
      const message = JSON.parse(data.toString()) as Received;
      const taker = this.#waiting.shift();
      if (taker === undefined) this.#received.push(message);
      else taker.resolve(message);
    });
  }

  static async connect(url: string, options: ClientOptions = {}): Promise<RawClient> {
    const client = new RawClient(url, options);
    await once(client.socket, "open");
    return client;
  }

  /** Objects are sent as JSON, text and bytes as they are. */
  send(message: object | string | Buffer): void {
    const isRaw = typeof message === "string" || Buffer.isBuffer(message);
    this.socket.send(isRaw ? message : JSON.stringify(message));
  }

  /**
   * The oldest message that was not asked for yet.
   *
   * @throws {ClosedError} when the connection is closed before there is one.
   */
  next(): Promise<Received> {
    const message = this.#received.shift();
    if (message !== undefined) return Promise.resolve(message);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  ask(message: object | string | Buffer): Promise<Received> {
    this.send(message);
    return this.next();
  }

  /** How many peers the tracker counts in a swarm. Frames of one connection are served in order: a barrier, too. */
  async countPeers(infoHash: string): Promise<number> {
    const { files } = await this.ask({ action: "scrape", info_hash: infoHash });
    const counts = files?.[infoHash];
    return (counts?.complete ?? Number.NaN) + (counts?.incomplete ?? Number.NaN);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.terminate();
    await this.closed;
  }
}

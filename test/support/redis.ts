import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { freePort } from "./free-port.js";
import { requireProgram } from "./program.js";

/** A real redis-server that keeps nothing; on a port of its own that stays the same when it is started again. */
export class Redis implements AsyncDisposable {
  readonly url: string;
  readonly #port: number;
  #server: ChildProcess | undefined;

  private constructor(port: number) {
    this.#port = port;
    this.url = `redis://127.0.0.1:${port}`;
  }

  static async start(): Promise<Redis> {
    const redis = new Redis(await freePort());
    await redis.start();
    return redis;
  }

  async start(): Promise<void> {
    const options = ["--port", String(this.#port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
    this.#server = spawn(requireProgram("redis-server"), options, { stdio: ["ignore", "pipe", "inherit"] });
    for await (const chunk of this.#server.stdout ?? [])
      if (String(chunk).includes("Ready to accept")) return;
    throw new Error(`redis-server did not start on port ${this.#port}`);
  }

  /** Like a machine that loses its power. */
  async kill(): Promise<void> {
    const exited = this.#server && once(this.#server, "exit");
    this.#server?.kill("SIGKILL");
    await exited;
    this.#server = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server !== undefined) await this.kill();
  }
}

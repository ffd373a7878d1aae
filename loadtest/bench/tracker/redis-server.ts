import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { BenchError } from "../bench-error.js";
import { freePort } from "../free-port.js";

/** A real redis-server that keeps nothing. */
export class RedisServer implements AsyncDisposable {
  readonly url: string;
  readonly #process: ChildProcess;

  private constructor(port: number, started: ChildProcess) {
    this.url = `redis://127.0.0.1:${port}`;
    this.#process = started;
  }

  /**
   * @param core that it may use.
   * @throws {BenchError} where it ends instead of starting.
   */
  static async start(core: number): Promise<RedisServer> {
    const port = await freePort();
    const options = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
    const started = spawn("taskset", ["-c", String(core), "redis-server", ...options], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    for await (const chunk of started.stdout) {
      if (!String(chunk).includes("Ready to accept")) continue;
      return new RedisServer(port, started);
    }
    throw new BenchError("redis-server ended before it was ready.");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await exited;
  }
}

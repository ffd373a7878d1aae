import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { BenchError } from "../bench-error.js";

/** Garbage must not count as memory in use. */
const GC = ["--expose-gc"];

/** A program of the bench in a process of its own, on a core of its own, that answers questions. */
export class Pinned implements AsyncDisposable {
  readonly #process: ChildProcess;

  private constructor(started: ChildProcess) {
    this.#process = started;
  }

  /**
   * @param module beside this file, without its extension.
   * @param core that it may use; any where that is not given.
   */
  static start(module: string, args: readonly string[], core?: number): Pinned {
    const file = fileURLToPath(new URL(`./${module}.js`, import.meta.url));
    const pinned =
      core === undefined
        ? { execArgv: GC }
        : { execPath: "taskset", execArgv: ["-c", String(core), process.execPath, ...GC] };
    return new Pinned(fork(file, args, { ...pinned, stdio: ["ignore", "inherit", "inherit", "ipc"] }));
  }

  get pid(): number {
    return this.#process.pid ?? -1;
  }

  /** @throws {BenchError} where the process ends instead of answering. */
  async ask<Answer>(question: object): Promise<Answer> {
    const listening = new AbortController();
    const ended = once(this.#process, "exit", listening).then(([code, signal]) => {
      throw new BenchError(`A process of the bench ended (${code ?? signal}) before it had answered.`);
    });
    const answered = once(this.#process, "message", listening);
    this.#process.send(question);
    try {
      const [answer] = await Promise.race([answered, ended]);
      return answer as Answer;
    } finally {
      listening.abort();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await exited;
  }
}

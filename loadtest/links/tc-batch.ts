import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { BenchError } from "../bench/bench-error.js";

/**
 * One `tc` (tc(8), `-batch`) that is told what to do line by line: to start one for each line would hold up the viewers
 * beside it.
 */
export class TcBatch implements AsyncDisposable {
  readonly #tc: ChildProcess;
  readonly #ended: Promise<unknown>;
  #said = "";

  /** @param namespace whose devices it sees; `undefined` is this machine's own. */
  constructor(namespace?: string) {
    const where = namespace === undefined ? [] : ["-n", namespace];
    this.#tc = spawn("tc", [...where, "-force", "-batch", "-"], { stdio: ["pipe", "ignore", "pipe"] });
    this.#ended = once(this.#tc, "close");
    this.#tc.stderr?.setEncoding("utf8").on("data", (text) => {
      this.#said ||= String(text);
    });
    // It has ended with a message, which is what is told.
    this.#tc.stdin?.on("error", () => {});
  }

  /** Takes effect within moments. What goes wrong is told at the end. */
  add(line: string): void {
    this.#tc.stdin?.write(`${line}\n`);
  }

  /** @throws {BenchError} with the first thing that `tc` could not do. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#tc.stdin?.end();
    await this.#ended;
    if (this.#said) throw new BenchError(`Limited links: tc said: ${this.#said.trim()}`);
  }
}

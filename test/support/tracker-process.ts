import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** What `npm run build` made of tracker/cli.ts. */
const CLI = fileURLToPath(new URL("../../dist/tracker/cli.js", import.meta.url));

/** A tracker in a process of its own, by the command line. */
export class TrackerProcess implements AsyncDisposable {
  /** `ws://…/announce` */
  readonly url: string;
  /** `http://…/` */
  readonly base: string;
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown[]>;

  private constructor(url: string, child: ChildProcess, exited: Promise<unknown[]>) {
    this.url = url;
    this.base = url.replace(/^ws/, "http").replace(/announce$/, "");
    this.port = Number(new URL(url).port);
    this.#child = child;
    this.#exited = exited;
  }

  /** Waits until it listens. Its port is any free one unless `args` name one. */
  static async start(...args: readonly string[]): Promise<TrackerProcess> {
    const child = spawn(process.execPath, [CLI, "serve", "--port", "0", "--log-level", "warn", ...args], {
      stdio: ["ignore", "pipe", "inherit"],
      env: {},
    });
    const exited = once(child, "exit");
    const line = await Promise.race([
      once(createInterface(child.stdout), "line"),
      exited.then(([code]) => Promise.reject(new Error(`the tracker ended with ${code}`))),
    ]);
    const url = /wss?:\/\/\S+\/announce/.exec(String(line))?.[0] ?? "";
    return new TrackerProcess(url, child, exited);
  }

  /** A metric without labels, or the sum over them. */
  async value(name: string): Promise<number> {
    const text = await (await fetch(new URL("metrics", this.base))).text();
    const samples = text
      .split("\n")
      .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
    if (samples.length === 0) throw new Error(`no metric ${name}`);
    return samples.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
  }

  /** @returns the exit code, or nothing where the signal has ended it. */
  async stop(signal: NodeJS.Signals): Promise<number | null> {
    this.#child.kill(signal);
    const [code] = await this.#exited;
    return code as number | null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop("SIGKILL");
  }
}

import { type ChildProcess, spawn } from "node:child_process";
import { resolve } from "node:path";
import { builtFolder } from "../../pages/built-folder.js";
import { BenchError } from "../bench/bench-error.js";
import type { ViewerCommand, ViewerNews, ViewerOrder, ViewerState } from "./viewer-messages.js";

/** A headless viewer in another process. */
export interface RemoteViewer {
  /** As last told; `undefined` before it was told first. */
  state(): ViewerState | undefined;
  /** Its process has ended by itself. */
  isLost(): boolean;
  seek(toShare: number): void;
  pause(): void;
  resume(): void;
  /** It leaves; afterwards `state` is how it left. */
  close(): Promise<void>;
}

/** The compiled program: Node reads no TypeScript where this file is run from the sources. */
const PROGRAM = "loadtest/peers/viewer-process.js";

/** A process with headless viewers. */
export class ViewerHost implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  readonly #states = new Map<number, ViewerState>();
  readonly #closing = new Map<number, () => void>();
  readonly #tellPort = new Map<number, (port: number) => void>();
  #opened = 0;
  #hasEnded = false;
  /** The longest that it has stood still so far. */
  heldUpMs = 0;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#exited = new Promise<void>((ended) => {
      child.once("exit", () => ended());
      // It could not even be started.
      child.once("error", () => ended());
    }).then(() => {
      this.#hasEnded = true;
      for (const closed of this.#closing.values()) closed();
    });
    child.on("message", (news: ViewerNews) => this.#hear(news));
  }

  /**
   * @param namespace of the network, which it lives in; this machine's own where that is not given.
   * @throws {BenchError} where it does not start.
   */
  static async start(namespace?: string): Promise<ViewerHost> {
    const node = [process.execPath, ...process.execArgv, resolve(builtFolder(), PROGRAM)];
    const line = namespace === undefined ? node : ["ip", "netns", "exec", namespace, ...node];
    const [program = "", ...args] = line;
    const child = spawn(program, args, {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      // JSON has no infinity, of which upload budgets make use.
      serialization: "advanced",
    });
    const host = new ViewerHost(child);
    const ready = new Promise<true>((done) => child.once("message", () => done(true)));
    if ((await Promise.race([ready, host.#exited])) === true) return host;
    throw new BenchError("A process for headless viewers has ended before it was ready.");
  }

  /** @param tellPort is told of each UDP port that the viewer has, before its peers are. */
  readonly open = (order: ViewerOrder, tellPort?: (port: number) => void): RemoteViewer => {
    const id = this.#opened++;
    if (tellPort) this.#tellPort.set(id, tellPort);
    this.#send({ do: "open", id, order });
    return {
      state: () => this.#states.get(id),
      isLost: () => this.#hasEnded,
      seek: (toShare) => this.#send({ do: "seek", id, toShare }),
      pause: () => this.#send({ do: "pause", id }),
      resume: () => this.#send({ do: "resume", id }),
      close: () => this.#close(id),
    };
  };

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    await this.#exited;
  }

  async #close(id: number): Promise<void> {
    if (this.#hasEnded) return;
    const closed = new Promise<void>((done) => this.#closing.set(id, done));
    this.#send({ do: "close", id });
    await closed;
    this.#closing.delete(id);
  }

  #send(command: ViewerCommand): void {
    // What cannot be sent any more was for a process that has ended, which its exit tells.
    if (this.#child.connected) this.#child.send(command, () => {});
  }

  #hear(news: ViewerNews): void {
    if (news.tells === "seen") {
      this.heldUpMs = news.heldUpMs;
      for (const [id, state] of news.viewers) this.#states.set(id, state);
    } else if (news.tells === "port") {
      this.#tellPort.get(news.id)?.(news.port);
    } else if (news.tells === "closed") {
      this.#states.set(news.id, news.state);
      this.#tellPort.delete(news.id);
      this.#closing.get(news.id)?.();
    }
  }
}

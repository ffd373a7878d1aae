import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { builtFolder } from "../../demo/stack.js";

/** An origin in a process of its own, which can be killed without warning. */
export interface OriginProcess extends AsyncDisposable {
  readonly child: ChildProcess;
  /** The first line that it has printed: where its first stream is. */
  readonly said: string;
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** Starts the built command line program and waits until it listens. */
export async function spawnOrigin(args: readonly string[]): Promise<OriginProcess> {
  const program = resolve(builtFolder(), "origin/cli.js");
  const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const listening = once(createInterface(child.stdout), "line");
  const said = await Promise.race([
    listening.then(([line]) => String(line)),
    exited.then<never>(([code]) => Promise.reject(new Error(`the origin ended with exit code ${code}`))),
  ]);
  const kill = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await exited;
  };
  return { child, said, kill, [Symbol.asyncDispose]: () => kill("SIGKILL") };
}

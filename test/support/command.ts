import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { builtFolder } from "../../demo/stack.js";

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a built command line program to its end. */
export function runCommand(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<CommandResult> {
  return run(program, args, { env });
}

/** Runs it until it says `line` on stderr, and sends it a signal then. */
export function interruptedCommand(
  program: string,
  args: readonly string[],
  line: string,
  signal: NodeJS.Signals = "SIGINT",
): Promise<CommandResult> {
  return run(program, args, { interrupt: { line, signal } });
}

interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly interrupt?: { readonly line: string; readonly signal: NodeJS.Signals };
}

function run(
  program: string,
  args: readonly string[],
  { env, interrupt }: RunOptions,
): Promise<CommandResult> {
  return new Promise((done, reject) => {
    const child = spawn(process.execPath, [resolve(builtFolder(), program), ...args], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      const said = stderr;
      stderr += text;
      if (interrupt && !said.includes(interrupt.line) && stderr.includes(interrupt.line))
        child.kill(interrupt.signal);
    });
    child.once("error", reject);
    child.once("close", (code) => done({ code, stdout, stderr }));
  });
}

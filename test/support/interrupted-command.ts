import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { builtFolder } from "../../demo/stack.js";
import type { CommandResult } from "./command.js";

/** Runs a built command line program until it says `line` on stderr, and sends it a signal then. */
export function interruptedCommand(
  program: string,
  args: readonly string[],
  line: string,
  signal: NodeJS.Signals = "SIGINT",
): Promise<CommandResult> {
  return new Promise((done, reject) => {
    const child = spawn(process.execPath, [resolve(builtFolder(), program), ...args], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      const hadSaidSo = stderr.includes(line);
      stderr += text;
      if (!hadSaidSo && stderr.includes(line)) child.kill(signal);
    });
    child.once("error", reject);
    child.once("close", (code) => done({ code, stdout, stderr }));
  });
}

import { writeFileSync } from "node:fs";
import { Command, Option } from "commander";
import logUpdate from "log-update";
import { FlagError, parseFlags, wholeNumber } from "../../command-line/flags.js";
import { type DemoMoment, runDemo } from "./run.js";
import { renderLine, renderMoment, renderSummary } from "./table.js";

const LINE_EVERY_MS = 5_000;

/** `nearcast-loadtest demo`: the whole stack with headless viewers, and a table that lives. */
export async function demoCommand(argv: readonly string[]): Promise<void> {
  const parsed = parseFlags(
    new Command("nearcast-loadtest demo")
      .usage("[flags]   (npm run demo -- [flags])")
      .description("Plays the embedded sample with headless Chromium viewers that share their segments.")
      .option("--viewers <number>", "how many viewers", wholeNumber(1, 32), 4)
      .option("--seconds <number>", "how long each stream is played", wholeNumber(5, 86_400), 60)
      .option("--join-every <ms>", "time between one viewer and the next", wholeNumber(0, 600_000), 2_000)
      .addOption(
        new Option("--stream <name>", "which embedded stream")
          .choices(["sample", "live", "both"])
          .default("both"),
      )
      .option("--json <file>", "write the result as JSON"),
    argv,
  );
  if ("help" in parsed) {
    process.stdout.write(parsed.help);
    return;
  }
  const flags = parsed.command.opts<{
    viewers: number;
    seconds: number;
    joinEvery: number;
    stream: string;
    json?: string;
  }>();
  // A result that cannot be written is better known before the run than after it.
  if (flags.json !== undefined) write(flags.json, []);

  const interrupt = new AbortController();
  process.once("SIGINT", () => interrupt.abort());
  const results = await runDemo(
    {
      viewers: flags.viewers,
      seconds: flags.seconds,
      joinEveryMs: Math.max(1, flags.joinEvery),
      streams: flags.stream === "both" ? ["sample", "live"] : [flags.stream],
    },
    process.stdout.isTTY ? (moment) => logUpdate(renderMoment(moment)) : lineEvery(LINE_EVERY_MS),
    interrupt.signal,
  );
  if (process.stdout.isTTY) logUpdate.clear();
  console.log(renderSummary(results));
  if (flags.json !== undefined) write(flags.json, results);
}

function lineEvery(intervalMs: number): (moment: DemoMoment) => void {
  let lastMs = Number.NEGATIVE_INFINITY;
  let stream = "";
  return (moment) => {
    if (moment.stream === stream && moment.elapsedMs - lastMs < intervalMs) return;
    ({ elapsedMs: lastMs, stream } = moment);
    console.log(renderLine(moment));
  };
}

function write(file: string, results: readonly unknown[]): void {
  try {
    writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
  } catch (cause) {
    throw new FlagError(`--json: cannot write ${file}: ${(cause as Error).message}`, { cause });
  }
}

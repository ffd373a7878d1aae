import { Command, CommanderError, InvalidArgumentError } from "commander";
import type { StackOptions } from "./stack.js";

/** A flag is wrong; `message` is one sentence that names it. */
export class FlagError extends Error {
  override readonly name = "FlagError";
}

export type DemoCommand =
  | { readonly do: "help"; readonly text: string }
  | { readonly do: "serve"; readonly options: Pick<StackOptions, "host" | "originPort" | "trackerPort"> };

/** @throws {FlagError} */
export function parseDemoFlags(argv: readonly string[], env: NodeJS.ProcessEnv): DemoCommand {
  let text = "";
  const program = new Command("nearcast-demo")
    .usage("[flags]   (npm start -- [flags])")
    .description("Runs origin, tracker and demo page with the embedded sample.")
    .option(
      "--host <address>",
      "address to listen on, 0.0.0.0 for other devices",
      env.NEARCAST_HOST || "127.0.0.1",
    )
    .option("--port <number>", "port of the page and the streams, 0 for any", portNumber, 8080)
    .option("--tracker-port <number>", "port of the tracker, 0 for any", portNumber, 8000)
    .exitOverride()
    .configureOutput({
      writeOut: (part) => {
        text += part;
      },
      writeErr: () => {},
    });
  try {
    program.parse([...argv], { from: "user" });
  } catch (cause) {
    if (!(cause instanceof CommanderError)) throw cause;
    if (cause.exitCode === 0) return { do: "help", text };
    throw new FlagError(cause.message.replace(/^error: /, "").replace(/\s+/g, " "), { cause });
  }
  const { host, port, trackerPort } = program.opts<{ host: string; port: number; trackerPort: number }>();
  return { do: "serve", options: { host, originPort: port, trackerPort } };
}

function portNumber(value: string): number {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
  if (port >= 0 && port <= 65535) return port;
  throw new InvalidArgumentError("Expected 0-65535.");
}

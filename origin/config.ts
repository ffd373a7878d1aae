import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import * as v from "valibot";
import { ConfigError } from "./config-error.js";
import { defaultStreams } from "./default-streams.js";
import { environmentLayer, flagLayer, parseFlags } from "./flags.js";
import { readKeyFile } from "./integrity/key-file.js";
import type { PlaylistKey } from "./integrity/playlist-key.js";
import type { StreamConfig } from "./streams/open.js";

const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;

/** What an operator can set. The shape is that of the JSON file; flags and environment are brought into it. */
const Settings = v.strictObject({
  host: v.optional(
    v.pipe(v.string(expected("a host name or address")), v.nonEmpty("expected a host name or address")),
  ),
  port: v.optional(
    v.custom<number>(
      (port) => Number.isInteger(port) && Number(port) >= 0 && Number(port) <= 65535,
      expected("0-65535"),
    ),
  ),
  logLevel: v.optional(v.picklist(LOG_LEVELS, expected(`one of ${LOG_LEVELS.join(", ")}`))),
  corsOrigins: v.optional(
    v.custom<"*" | string[]>(
      (origins) =>
        origins === "*" || (Array.isArray(origins) && origins.length > 0 && origins.every(isWebOrigin)),
      expected('"*" or a list of web origins such as "https://video.example"'),
    ),
  ),
  integrityKeys: v.optional(
    v.custom<string[]>(
      (files) => Array.isArray(files) && files.every((file) => typeof file === "string" && file !== ""),
      expected("a list of key files"),
    ),
  ),
  streams: v.optional(
    v.pipe(
      v.custom<object>((streams) => !Array.isArray(streams), expected("an object of streams by name")),
      v.record(
        v.string(),
        v.variant(
          "kind",
          [
            v.strictObject({ kind: v.literal("folder"), folder: v.string(expected("a folder")) }),
            v.strictObject({
              kind: v.literal("loop"),
              folder: v.string(expected("a folder")),
              windowSegments: v.optional(v.number(expected("a number"))),
            }),
          ],
          expected('an object with the kind "folder" or "loop"'),
        ),
        expected("an object of streams by name"),
      ),
    ),
  ),
});
type Settings = v.InferOutput<typeof Settings>;

/** What the command line asks for. */
export type Command =
  | { do: "help"; text: string }
  | {
      do: "serve";
      logLevel: (typeof LOG_LEVELS)[number];
      options: {
        host: string;
        port: number;
        corsOrigins: "*" | readonly string[];
        streams: Readonly<Record<string, StreamConfig>>;
        integrityKeys?: readonly PlaylistKey[];
      };
    };

/**
 * Reads the settings: flags win over the environment, that over the file, that over the defaults. Streams are taken
 * as a whole from the first of them that names any.
 *
 * @param argv without the program's own name.
 * @throws {ConfigError} naming the option.
 */
export function readCommand(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Command {
  const flags = parseFlags(argv);
  if (flags.do === "help") return flags;
  const environment = environmentLayer(env);
  const configFile = flags.values.config ?? environment.config;
  const settings: Settings = {
    ...(configFile === undefined ? {} : fileLayer(configFile)),
    ...check(environment.layer),
    ...check(flagLayer(flags.values)),
  };
  const { host = "127.0.0.1", port = 8080, logLevel = "info", corsOrigins = "*", streams } = settings;
  const hasStreams = streams !== undefined && Object.keys(streams).length > 0;
  const chosen = hasStreams ? (streams as Record<string, StreamConfig>) : defaultStreams();
  const keys = settings.integrityKeys?.map((file) => readKeyFile(file, "integrityKeys"));
  const options = { host, port, corsOrigins, streams: chosen, ...(keys && { integrityKeys: keys }) };
  return { do: "serve", logLevel, options };
}

/** A JSON file of settings; its folders and key files are relative to itself. */
function fileLayer(file: string): Settings {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new ConfigError(`config: cannot read ${file}`, { cause });
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    const reason = (cause as Error).message.replaceAll(/\s+/g, " ");
    throw new ConfigError(`config: ${file} is not valid JSON: ${reason}`, { cause });
  }
  const settings = check(json);
  for (const stream of Object.values(settings.streams ?? {}))
    stream.folder = resolve(dirname(file), stream.folder);
  if (settings.integrityKeys) {
    settings.integrityKeys = settings.integrityKeys.map((key) => resolve(dirname(file), key));
  }
  return settings;
}

function check(layer: unknown): Settings {
  if (Array.isArray(layer)) throw new ConfigError("config: expected a JSON object");
  const result = v.safeParse(Settings, layer);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue) ?? "config";
  throw new ConfigError(`${path}: ${sentenceOf(issue)}`);
}

/** Valibot reports missing and unknown keys in words of its own. */
function sentenceOf(issue: v.BaseIssue<unknown>): string {
  if (issue.type !== "strict_object") return issue.message;
  if (issue.expected === "never") return "there is no such option";
  return issue.expected === "Object" ? "expected a JSON object" : "is missing";
}

/** As browsers send it: `https://video.example`, without a path or a closing slash. */
function isWebOrigin(text: unknown): boolean {
  return typeof text === "string" && URL.canParse(text) && new URL(text).origin === text;
}

/** A valibot message: `expected 0-65535, got 99999`. */
function expected(what: string): (issue: v.BaseIssue<unknown>) => string {
  return ({ input }) =>
    input === undefined ? `expected ${what}, got nothing` : `expected ${what}, got ${JSON.stringify(input)}`;
}

import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import * as v from "valibot";
import { type LOG_LEVELS, Settings } from "./config/settings.js";
import { ConfigError } from "./config-error.js";
import { defaultStreams } from "./default-streams.js";
import { environmentLayer, flagLayer, parseFlags } from "./flags.js";
import { readKeyFile } from "./integrity/key-file.js";
import type { OriginOptions } from "./origin.js";
import type { StreamConfig } from "./streams/open.js";

/** What the command line asks for. */
export type Command =
  | { do: "help"; text: string }
  | {
      do: "serve";
      logLevel: (typeof LOG_LEVELS)[number];
      options: OriginOptions;
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
  const {
    $schema: _,
    logLevel = "info",
    ...settings
  } = {
    ...(configFile === undefined ? {} : fileLayer(configFile)),
    ...check(environment.layer),
    ...check(flagLayer(flags.values)),
  };
  const { host = "127.0.0.1", port = 8080, corsOrigins = "*", streams, integrityKeys, ...others } = settings;
  const hasStreams = streams !== undefined && Object.keys(streams).length > 0;
  const chosen = hasStreams ? (streams as Record<string, StreamConfig>) : defaultStreams();
  const options: OriginOptions = {
    drainSeconds: DRAIN_SECONDS,
    host,
    port,
    corsOrigins,
    ...others,
    streams: chosen,
  };
  if (integrityKeys) {
    options.integrityKeys = integrityKeys.map((file) => readKeyFile(file, "integrityKeys"));
  }
  return { do: "serve", logLevel, options };
}

/** A JSON file of settings; its folders and files are relative to itself. */
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
  return withAbsolutePaths(check(json), dirname(file));
}

/** A viewer on a slow line gets a segment to its end. */
const DRAIN_SECONDS = 10;

const PATH_OPTIONS = new Set(["folder", "keyFile", "apiKeyFile", "integrityKeys"]);

/** Makes every option that is a path of this machine independent of where the process runs. */
function withAbsolutePaths<Value>(value: Value, base: string): Value {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const absolute = (inner: unknown): unknown => {
    if (typeof inner === "string") return resolve(base, inner);
    return Array.isArray(inner) ? inner.map(absolute) : inner;
  };
  const entries = Object.entries(value).map(([name, inner]) => [
    name,
    PATH_OPTIONS.has(name) ? absolute(inner) : withAbsolutePaths(inner, base),
  ]);
  return Object.fromEntries(entries);
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

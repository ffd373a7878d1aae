import { Command } from "commander";
import { parseArguments } from "./command-line.js";
import { ConfigError } from "./config-error.js";

/** Flags as typed, before any check of their values. */
export interface Flags {
  host?: string;
  port?: string;
  config?: string;
  stream?: string[];
  loop?: string[];
  ingest?: string[];
  ingestKeyFile?: string;
  upstream?: string[];
  open?: boolean;
  corsOrigin?: string[];
  integrityKey?: string[];
  logLevel?: string;
}

const ENVIRONMENT = "NEARCAST_ORIGIN_";

const HELP = `
Without any stream the embedded sample is served, on demand as "sample" and live as "live".

Encoders push an ingest to /ingest/NAME/, e.g. ffmpeg ... -f hls -method PUT http://x:KEY@HOST/ingest/NAME/master.m3u8.

Every flag can be given in the environment (${ENVIRONMENT}HOST, _PORT, _CONFIG, _STREAM, _LOOP, _INGEST, ...; several
values separated by commas). Flags win over the environment, that over the file.

The file is JSON and can set more, see origin/config.schema.json: { "host", "port", ..., "streams": { NAME: { "kind",
"folder", ... } } }. Its paths are relative to the file.`;

/** @throws {ConfigError} for flags that do not exist or lack their value. */
export function parseFlags(
  argv: readonly string[],
): { do: "help"; text: string } | { do: "read"; values: Flags } {
  const program = new Command("nearcast-origin")
    .usage("[serve] [flags]   (or: sign, keygen, check, each with --help)")
    .description("Serves HLS streams to players and CDNs.")
    .option("--host <address>", "address to listen on (default: 127.0.0.1)")
    .option("--port <number>", "port to listen on, 0 for any free one (default: 8080)")
    .option("--stream <name=folder>", "serve a folder of HLS files; repeatable", collect)
    .option(
      "--loop <name=folder>",
      "play a finished folder round and round as a live channel; repeatable",
      collect,
    )
    .option(
      "--ingest <name=folder>",
      "take pushes by an encoder, and keep them in the folder; repeatable",
      collect,
    )
    .option("--ingest-key-file <file>", "file with the key that encoders present, for all of --ingest")
    .option("--upstream <name=url>", "stand in front of another HTTP server's folder; repeatable", collect)
    .option("--open", "take pushes without a key from other machines, too")
    .option(
      "--cors-origin <origin>",
      "web origin whose pages may load streams; repeatable (default: all)",
      collect,
    )
    .option(
      "--integrity-key <file>",
      "private key (PEM or JWK) that signs playlists; repeatable, the first signs (default: a new one)",
      collect,
    )
    .option("--config <file>", "read settings from a JSON file")
    .option("--log-level <level>", "fatal, error, warn, info, debug, trace or silent (default: info)")
    .addHelpText("after", HELP);
  const asked = parseArguments(program, argv);
  if (asked) return { do: "help", text: asked.help };
  return { do: "read", values: program.opts<Flags>() };
}

/** Brings flags into the shape of the settings file. */
export function flagLayer(flags: Flags): Record<string, unknown> {
  const layer: Record<string, unknown> = {};
  if (flags.host !== undefined) layer.host = flags.host;
  if (flags.port !== undefined) layer.port = numberIn(flags.port);
  if (flags.logLevel !== undefined) layer.logLevel = flags.logLevel;
  if (flags.corsOrigin) layer.corsOrigins = flags.corsOrigin.includes("*") ? "*" : flags.corsOrigin;
  if (flags.integrityKey) layer.integrityKeys = flags.integrityKey;
  if (flags.open !== undefined) layer.open = flags.open;
  const keyFile = flags.ingestKeyFile === undefined ? {} : { keyFile: flags.ingestKeyFile };
  const streams = [
    ...pairs("stream", "FOLDER", flags.stream).map(([name, folder]) => [name, { kind: "folder", folder }]),
    ...pairs("loop", "FOLDER", flags.loop).map(([name, folder]) => [name, { kind: "loop", folder }]),
    ...pairs("ingest", "FOLDER", flags.ingest).map(([name, folder]) => [
      name,
      { kind: "ingest", folder, ...keyFile },
    ]),
    ...pairs("upstream", "URL", flags.upstream).map(([name, url]) => [name, { kind: "upstream", url }]),
  ];
  if (streams.length > 0) {
    const names = streams.map(([name]) => name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined)
      throw new ConfigError(`stream: the name ${JSON.stringify(twice)} is given twice`);
    layer.streams = Object.fromEntries(streams);
  }
  return layer;
}

/** The same from the environment; an empty variable counts as unset. */
export function environmentLayer(env: Readonly<Record<string, string | undefined>>): {
  config: string | undefined;
  layer: Record<string, unknown>;
} {
  const one = (name: string) => env[`${ENVIRONMENT}${name}`] || undefined;
  const many = (name: string) =>
    one(name)
      ?.split(",")
      .map((value) => value.trim());
  const open = one("OPEN");
  const flags = withoutUndefined({
    host: one("HOST"),
    port: one("PORT"),
    logLevel: one("LOG_LEVEL"),
    stream: many("STREAM"),
    loop: many("LOOP"),
    ingest: many("INGEST"),
    ingestKeyFile: one("INGEST_KEY_FILE"),
    upstream: many("UPSTREAM"),
    corsOrigin: many("CORS_ORIGIN"),
    integrityKey: many("INTEGRITY_KEY"),
    open: open === undefined ? undefined : open === "true" || open === "1",
  });
  return { config: one("CONFIG"), layer: flagLayer(flags) };
}

function withoutUndefined(flags: { [Name in keyof Flags]: Flags[Name] | undefined }): Flags {
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
}

function collect(value: string, before: string[] = []): string[] {
  return [...before, value];
}

function pairs(flag: string, what: string, values: readonly string[] = []): [name: string, value: string][] {
  return values.map((value) => {
    const [, name, folder] = /^([^=]+)=(.+)$/.exec(value) ?? [];
    if (name === undefined || folder === undefined) {
      throw new ConfigError(`${flag}: expected NAME=${what}, got ${JSON.stringify(value)}`);
    }
    return [name, folder];
  });
}

/** Leaves what is no number as it is, so that the message shows what was typed. */
function numberIn(text: string): number | string {
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

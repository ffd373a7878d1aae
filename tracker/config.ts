import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { LOG_LEVELS, type LogLevel } from "./log.js";
import { kindOf, OptionError, parseSettings, SETTING_NAMES, type TrackerSettings } from "./options.js";

/** What the command line asks for. */
export type Config =
  | { readonly run: "help"; readonly text: string }
  | {
      readonly run: "tracker";
      readonly settings: TrackerSettings;
      readonly logLevel: LogLevel;
      /** What was given besides options, see {@link Usage}. */
      readonly operands: readonly string[];
      readonly asJson: boolean;
    };

/** What a command is called, and what it takes besides the tracker's options. */
export interface Usage {
  readonly name: string;
  readonly description: string;
  /** In commander's notation, e.g. `<address...>`. */
  readonly operands?: string;
  /** Whether it can answer in JSON. */
  readonly json?: boolean;
}

export const LOG_LEVEL_HELP = "what is logged: from this level on";

const SERVE: Usage = {
  name: "nearcast-tracker",
  description: "Introduces viewers of the same stream to each other.",
};

const COMMANDS = `
Commands:
  serve         as without a command
  explain       where addresses are, and which viewers are near them
  check-config  whether the tracker would start with these options
Each of them has a --help of its own.`;

type Values = { readonly [name: string]: unknown };

const ENVIRONMENT_PREFIX = "NEARCAST_TRACKER_";

/** What each option is, in a few words. */
export const HELP: Record<keyof TrackerSettings, string> = {
  host: "address to listen on",
  port: "port to listen on, 0 for any",
  announceIntervalMs: "how often clients announce themselves",
  maxMessageBytes: "longest message from a client",
  maxOffersPerAnnounce: "offers in one announce",
  maxSwarmsPerSocket: "swarms that one connection may be in",
  maxSockets: "connections at one time",
  maxBadFrames: "malformed frames that end a connection",
  maxUnsentBytes: "unread bytes that end a connection",
  heartbeatIntervalMs: "how often connections are pinged",
  peerTtlMs: "time after which a peer that does not announce is removed",
  drainMs: "time that a tracker which stops says so at /readyz, and serves on, for load balancers to notice",
  closeTimeoutMs: "time that clients get to leave at the end",
  maxSocketsPerAddress: "connections of one public address at one time",
  messagesPerSecond: "messages of one connection",
  messageBurst: "messages of one connection at once",
  announcesPerMinute: "announces of one peer",
  announceBurst: "announces of one peer at once",
  exposurePerHour: "distinct viewers that an address is shown to in an hour",
  trustedProxies: 'proxies whose X-Forwarded-For is believed, e.g. "loopback,10.0.0.0/8"',
  allowedOrigins: "pages that may use the tracker, e.g. https://tv.example",
  streams: "streams that are served",
  tlsCert: "file with the certificate (PEM), to serve https: and wss: without a proxy; read again on SIGHUP",
  tlsKey: "file with the certificate's private key (PEM)",
  accessKeys: "file with the keys (JWK) that access tokens are checked with",
  tokenIssuer: "issuer of access tokens",
  tokenAudience: "this tracker's name in access tokens",
  publicUrl: "this tracker's address as players see it, e.g. https://tracker.example/",
  geo: "databases (.mmdb) with country or ASN of addresses",
  networks: "file with your networks: prefix,name[,p2p|leech|off] on each line, or an ALTO network map",
  policies: "file with policies to begin with (JSON)",
  integrityKeys: "file with the public keys (JWK) that sign playlists",
  stunUrls: "STUN servers for players",
  turnUrls: "TURN servers for players",
  turnSecret: "secret that the TURN servers share with this tracker; better in the environment",
  turnLifetimeS: "how long TURN credentials are valid",
  adminToken: "what operators have to show; better in the environment",
  originMetrics: "where origins say what they have sent, for the live page, e.g. http://origin:8080/metrics",
  reportIntervalS: "how often players report",
  refreshS: "how often players join anew",
  quarantineQuorum: "independent viewers that have to complain about a peer",
  streamLabels: "streams with labels of their own in the metrics",
  redis: "Redis that several trackers share, e.g. redis://host:6379, redis+sentinel://…, redis+cluster://…",
  nodeHeartbeatMs: "how often trackers that share Redis tell each other that they are there",
  open: "serve everybody, although no access keys are given and the host is not loopback",
};

/**
 * Puts the configuration together: flags before environment before the JSON file before defaults. An empty
 * environment variable counts as not set.
 *
 * @param args without the names of program and command.
 * @param usage of the command. @default that of the tracker itself
 * @throws {OptionError} with one sentence that names the option.
 */
export function parseConfig(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  usage: Usage = SERVE,
): Config {
  const line = parseFlags(args, usage);
  if (typeof line === "string") return { run: "help", text: line };
  const { json, ...flags } = line.flags;
  const variables = readEnvironment(environment);
  const path = flags.config ?? variables.config;
  const file = path === undefined ? {} : readFile(String(path));
  const { config: _, logLevel, ...settings } = { ...file, ...variables, ...flags } as Values;
  return {
    run: "tracker",
    settings: parseSettings(settings),
    logLevel: parseLogLevel(logLevel),
    operands: line.operands,
    asJson: json === true,
  };
}

function createCommand({ name, description, operands, json }: Usage): Command {
  const command = new Command(name).description(description);
  if (operands !== undefined) command.argument(operands);
  if (json === true) command.option("--json", "answer in JSON");
  command
    .helpOption("--help", "show this help")
    .option("--config <file>", "JSON file with options, named as below in camelCase");
  const defaults = parseSettings({});
  for (const name of SETTING_NAMES) {
    const value = { integer: " <value>", list: " <list>", switch: "", text: " <value>" }[kindOf(name)];
    const byDefault = defaults[name];
    const isNothing = byDefault === undefined || byDefault === false || String(byDefault) === "";
    command.option(`--${kebab(name)}${value}`, HELP[name] + (isNothing ? "" : ` (default: ${byDefault})`));
  }
  if (name === SERVE.name) command.addHelpText("after", COMMANDS);
  return command
    .option("--log-level <level>", `${LOG_LEVEL_HELP}: ${LOG_LEVELS.join(", ")} (default: info)`)
    .addHelpText("after", `\nEach option can also be set in the environment, e.g. ${variableOf("port")}.`);
}

/** @returns the flags, or the text of the help if that is asked for. */
function parseFlags(
  args: readonly string[],
  usage: Usage,
): { readonly flags: Values; readonly operands: readonly string[] } | string {
  let help = "";
  const command = createCommand(usage).exitOverride();
  command.configureOutput({
    writeOut: (text) => {
      help += text;
    },
    writeErr: () => {},
  });
  try {
    command.parse(args, { from: "user" });
  } catch (cause) {
    if (!(cause instanceof CommanderError)) throw cause;
    if (cause.exitCode === 0) return help;
    // Commander puts its suggestions on lines of their own.
    throw new OptionError(cause.message.replace(/^error: /, "").replace(/\s*\n\s*/g, " "), { cause });
  }
  return { flags: typed(command.opts()), operands: command.args };
}

function readEnvironment(environment: NodeJS.ProcessEnv): Values {
  const values: Record<string, unknown> = {};
  for (const name of ["config", "logLevel", ...SETTING_NAMES]) {
    const value = environment[variableOf(name)];
    if (value !== undefined && value !== "") values[name] = value;
  }
  return typed(values);
}

function readFile(path: string): Values {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    const problem = cause instanceof SyntaxError ? `expected JSON in ${path}` : `cannot read ${path}`;
    throw new OptionError(`config: ${problem} (${(cause as Error).message})`, { cause });
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new OptionError(`config: expected a JSON object in ${path}`);
  }
  if ("config" in json) throw new OptionError(`config: ${path} may not name another file`);
  // For editors, see config.schema.json.
  const { $schema: _, ...values } = json as Values;
  return values;
}

/** Flags and variables are text. What does not look right stays text and is refused where something else is expected. */
function typed(values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typedValue(name as keyof TrackerSettings, value)]),
  );
}

function typedValue(name: keyof TrackerSettings, value: unknown): unknown {
  if (typeof value !== "string") return value;
  switch (kindOf(name)) {
    case "integer":
      return /^-?\d+$/.test(value) ? Number(value) : value;
    case "switch":
      return { true: true, "1": true, false: false, "0": false }[value] ?? value;
    default:
      return value;
  }
}

function parseLogLevel(value: unknown): LogLevel {
  const level = LOG_LEVELS.find((known) => known === (value ?? "info"));
  if (level !== undefined) return level;
  throw new OptionError(`logLevel: expected one of ${LOG_LEVELS.join(", ")}, got ${JSON.stringify(value)}`);
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function variableOf(name: string): string {
  return ENVIRONMENT_PREFIX + kebab(name).replaceAll("-", "_").toUpperCase();
}

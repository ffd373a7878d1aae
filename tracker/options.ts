import { isIP } from "node:net";
import type { Logger } from "pino";
import * as v from "valibot";
import { parseStreamName } from "../player/protocol/index.js";

/** Options that are plain values: they may come from a command line, the environment or a file. */
export interface TrackerSettings {
  /** Address to listen on. @default "127.0.0.1" */
  readonly host: string;
  /** Port to listen on; 0 takes any free one. @default 8000 */
  readonly port: number;
  /**
   * How often clients announce themselves. Short, because each announce brings new neighbours. Told to clients
   * in whole seconds, rounded up. @default 20_000
   */
  readonly announceIntervalMs: number;
  /**
   * Longest message that a client may send; the connection of one that sends more is closed (code 1009).
   * Ten offers with the 6 KB session descriptions of a browser with many network interfaces take 64 KB, with
   * JSON's escapes somewhat more: twice that never refuses an honest client. @default 131_072
   */
  readonly maxMessageBytes: number;
  /** Offers that one announce may carry. Stock clients send 5, older ones 10. @default 10 */
  readonly maxOffersPerAnnounce: number;
  /** Swarms that one connection may be in: one for each rendition and audio track of each player on a page. @default 32 */
  readonly maxSwarmsPerSocket: number;
  /** Connections at one time; more are refused with 503. @default 20_000 */
  readonly maxSockets: number;
  /**
   * Connections of one public address (IPv6: of one /64) at one time; more are refused with 429. Mobile networks put
   * thousands of viewers behind one address. @default 2_000
   */
  readonly maxSocketsPerAddress: number;
  /** Messages that one connection may send each second, on average; more count as malformed frames. @default 50 */
  readonly messagesPerSecond: number;
  /** Messages that one connection may send at once. @default 1_000 */
  readonly messageBurst: number;
  /** Announces of one peer in one swarm each minute, on average; more are refused. @default 60 */
  readonly announcesPerMinute: number;
  /** Announces of one peer in one swarm at once. @default 60 */
  readonly announceBurst: number;
  /**
   * Distinct viewers that a public address is introduced to within an hour; those at the same address count, too.
   * @default 5_000
   */
  readonly exposurePerHour: number;
  /** A connection is closed (code 1008) with this many frames that are not messages of the protocol. @default 10 */
  readonly maxBadFrames: number;
  /** A connection that leaves this much unread is cut. @default 1_048_576 */
  readonly maxUnsentBytes: number;
  /** How often connections are pinged; one that was silent from one ping to the next is cut. @default 30_000 */
  readonly heartbeatIntervalMs: number;
  /**
   * A peer that has not announced for so long leaves its swarm, checked at each heartbeat. Needed because
   * players that switch renditions leave a swarm without saying so while their connection stays. Browsers
   * slow a background page's timers down to one a minute: keep well above that. @default 90_000
   */
  readonly peerTtlMs: number;
  /**
   * How long a tracker that is about to stop says so at `/readyz`, and serves on, before it takes no more viewers and
   * closes the connections of those that it has: load balancers in front need some seconds to notice. @default 0
   */
  readonly drainMs: number;
  /** How long `close()` waits for clients to say goodbye before it cuts them. @default 2_000 */
  readonly closeTimeoutMs: number;
  /**
   * Proxies whose `X-Forwarded-For` is believed: addresses, prefixes such as `10.0.0.0/8`, or `loopback`.
   * @default []
   */
  readonly trustedProxies: readonly string[];
  /** Pages that may use the tracker, e.g. `https://tv.example`; any where there are none. @default [] */
  readonly allowedOrigins: readonly string[];
  /** Streams that are served; any where there are none. With them, each connection has to name its stream. @default [] */
  readonly streams: readonly string[];
  /**
   * File with the certificate and those that vouch for it (PEM), to serve `https:` and `wss:`. Needs `tlsKey`. A proxy
   * in front does the same at a quarter of the cost.
   */
  readonly tlsCert?: string | undefined;
  /** File with the certificate's private key (PEM). */
  readonly tlsKey?: string | undefined;
  /** File with the keys that access tokens are checked with (JWK or a set of them). Without it no tokens are asked for. */
  readonly accessKeys?: string | undefined;
  /** `iss` that access tokens must have. @default "nearcast" */
  readonly tokenIssuer: string;
  /** This tracker's name, which the tokens' `aud` must contain. @default "nearcast" */
  readonly tokenAudience: string;
  /**
   * This tracker's address as players see it, e.g. `https://tracker.example/`. Without it they are told addresses that
   * are relative to the one they have asked.
   */
  readonly publicUrl?: string | undefined;
  /** Databases in MaxMind's format with country or ASN of addresses, used before those that the package brings. @default [] */
  readonly geo: readonly string[];
  /** File with the operator's networks: lines of `prefix,name[,policy]`, or an ALTO network map (RFC 7285). */
  readonly networks?: string | undefined;
  /** File with policies to begin with, see policy/policies-file.ts. */
  readonly policies?: string | undefined;
  /** File with the public keys (JWK or a set of them) that sign playlists, for players to check them with. */
  readonly integrityKeys?: string | undefined;
  /** STUN servers for players, e.g. `stun:stun.example:3478`. @default [] */
  readonly stunUrls: readonly string[];
  /** TURN servers for players. Need `turnSecret`. @default [] */
  readonly turnUrls: readonly string[];
  /** The secret that the TURN servers share with this tracker (coturn: `static-auth-secret`). */
  readonly turnSecret?: string | undefined;
  /** How long TURN credentials are valid. @default 7_200 */
  readonly turnLifetimeS: number;
  /** What operators have to show to change policies and to see streams. Without it nobody can. 16 characters at least. */
  readonly adminToken?: string | undefined;
  /**
   * Where the origins say what they have sent, e.g. `http://origin:8080/metrics`: lets the live page compare what players
   * report with it. @default []
   */
  readonly originMetrics: readonly string[];
  /** How often players report; they hear of changed policies with it. @default 10 */
  readonly reportIntervalS: number;
  /** How often players join anew. @default 300 */
  readonly refreshS: number;
  /** Independent viewers that have to complain about a peer's bytes before it is not introduced any more. @default 3 */
  readonly quarantineQuorum: number;
  /** Streams that have labels of their own in the metrics; the others share `other`. @default 50 */
  readonly streamLabels: number;
  /**
   * Redis or Valkey that several trackers share a service through: `redis://host:6379`, `rediss://…`,
   * `redis+sentinel://host:26379,host:26379/group` or `redis+cluster://host:6379,host:6379`. Nobody else may have access.
   */
  readonly redis?: string | undefined;
  /** How often trackers tell each other that they are there; one that misses four is gone. @default 1_000 */
  readonly nodeHeartbeatMs: number;
  /** Without `accessKeys` a tracker listens on loopback addresses only, unless this is said. @default false */
  readonly open: boolean;
}

/** Options of {@link createTracker}; all may be left out. */
export interface TrackerOptions extends Partial<TrackerSettings> {
  /** Gets no addresses, peer ids or info hashes. @default silent */
  readonly logger?: Logger;
  /** Chooses whom peers are introduced to; returns numbers in [0, 1). @default Math.random */
  readonly random?: () => number;
  /** Milliseconds from any fixed start, never going back. @default performance.now */
  readonly now?: () => number;
}

/** An option is wrong; the message names it. */
export class OptionError extends Error {
  override readonly name = "OptionError";
}

/** What timers can wait for in Node: longer ones fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** A day. */
const MAX_INTERVAL_MS = 24 * 60 * 60 * 1000;

const integers = {
  port: integer(0, 65_535, 8000),
  announceIntervalMs: integer(1000, MAX_INTERVAL_MS, 20_000),
  maxMessageBytes: integer(1024, 16 * 1024 * 1024, 128 * 1024),
  maxOffersPerAnnounce: integer(1, 100, 10),
  maxSwarmsPerSocket: integer(1, 10_000, 32),
  maxSockets: integer(1, 10_000_000, 20_000),
  maxSocketsPerAddress: integer(1, 10_000_000, 2000),
  messagesPerSecond: integer(1, 1_000_000, 50),
  messageBurst: integer(1, 1_000_000, 1000),
  announcesPerMinute: integer(1, 1_000_000, 60),
  announceBurst: integer(1, 1_000_000, 60),
  exposurePerHour: integer(1, 1_000_000, 5000),
  maxBadFrames: integer(1, 1_000_000, 10),
  maxUnsentBytes: integer(1024, 2 ** 30, 1024 * 1024),
  heartbeatIntervalMs: integer(10, MAX_TIMER_MS, 30_000),
  peerTtlMs: integer(10, MAX_TIMER_MS, 90_000),
  drainMs: integer(0, 600_000, 0),
  closeTimeoutMs: integer(0, MAX_TIMER_MS, 2000),
  nodeHeartbeatMs: integer(10, 60_000, 1000),
  turnLifetimeS: integer(60, 604_800, 7200),
  reportIntervalS: integer(1, 3600, 10),
  refreshS: integer(10, 86_400, 300),
  quarantineQuorum: integer(1, 1000, 3),
  streamLabels: integer(1, 10_000, 50),
};

export const settingsSchema = v.strictObject({
  host: words("127.0.0.1"),
  ...integers,
  trustedProxies: list(isProxy, 'addresses, prefixes or "loopback"'),
  allowedOrigins: list(isOrigin, "origins such as https://tv.example"),
  streams: list(isStream, "streams' names"),
  tlsCert: optionalText(),
  tlsKey: optionalText(),
  accessKeys: optionalText(),
  publicUrl: v.optional(v.pipe(v.string(publicUrl), v.check(isHttpUrl, publicUrl))),
  geo: list((item) => item !== "", "files"),
  redis: optionalText(),
  networks: optionalText(),
  policies: optionalText(),
  integrityKeys: optionalText(),
  stunUrls: list((item) => /^stuns?:\S+$/.test(item), "addresses such as stun:stun.example:3478"),
  turnUrls: list((item) => /^turns?:\S+$/.test(item), "addresses such as turn:turn.example:3478"),
  turnSecret: optionalText(),
  adminToken: v.optional(v.pipe(v.string(secret), v.minLength(16, secret), v.regex(/^\S+$/, secret))),
  originMetrics: list(isHttpUrl, "addresses such as http://origin:8080/metrics"),
  tokenIssuer: words("nearcast"),
  tokenAudience: words("nearcast"),
  open: v.optional(
    v.boolean(({ input }) => `expected true or false, got ${show(input)}`),
    false,
  ),
});

export const SETTING_NAMES = Object.keys(settingsSchema.entries) as (keyof TrackerSettings)[];

/** How an option is written where there is nothing but text. */
export function kindOf(name: keyof TrackerSettings): "integer" | "list" | "switch" | "text" {
  if (name in integers) return "integer";
  if (name === "open") return "switch";
  return LISTS.includes(name) ? "list" : "text";
}

const LISTS: readonly string[] = [
  "trustedProxies",
  "allowedOrigins",
  "streams",
  "geo",
  "stunUrls",
  "turnUrls",
  "originMetrics",
];

/**
 * Fills in the defaults.
 *
 * @throws {OptionError} like `port: expected 0-65535, got 99999`.
 */
export function parseSettings(input: { readonly [name: string]: unknown }): TrackerSettings {
  const result = v.safeParse(settingsSchema, input);
  if (result.success) {
    const { turnUrls, turnSecret, tlsCert, tlsKey } = result.output;
    if (turnUrls.length > 0 && turnSecret === undefined) {
      throw new OptionError("turnSecret: expected the secret that the servers of turnUrls share, got none");
    }
    const [missing, given] = tlsCert === undefined ? ["tlsCert", tlsKey] : ["tlsKey", tlsCert];
    if (given !== undefined && (tlsCert === undefined || tlsKey === undefined)) {
      throw new OptionError(`${missing}: expected a file that belongs to ${given}, got none`);
    }
    return result.output;
  }
  const [issue] = result.issues;
  const name = v.getDotPath(issue) ?? "options";
  if (!(name in settingsSchema.entries)) {
    throw new OptionError(`${name}: not an option of the tracker; known are ${SETTING_NAMES.join(", ")}`);
  }
  throw new OptionError(`${name}: ${issue.message}`);
}

function integer(min: number, max: number, byDefault: number) {
  const message = ({ input }: { input: unknown }) => `expected ${min}-${max}, got ${show(input)}`;
  return v.optional(
    v.pipe(v.number(message), v.integer(message), v.minValue(min, message), v.maxValue(max, message)),
    byDefault,
  );
}

/** A secret is not shown, not even a wrong one. */
function secret(): string {
  return "expected at least 16 characters without spaces";
}

function publicUrl({ input }: { input: unknown }): string {
  return `expected an address such as https://tracker.example/, got ${show(input)}`;
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

function optionalText() {
  return v.optional(v.pipe(v.string(text), v.minLength(1, text)));
}

function words(byDefault: string) {
  return v.optional(v.pipe(v.string(text), v.minLength(1, text)), byDefault);
}

/** An array, or text with commas. */
function list(isItem: (item: string) => boolean, expected: string) {
  const message = ({ input }: { input: unknown }) => `expected ${expected}, got ${show(input)}`;
  const split = (value: string) => value.split(",").map((item) => item.trim());
  return v.optional(
    v.pipe(
      v.union([v.pipe(v.string(), v.transform(split)), v.array(v.string(message))], message),
      v.everyItem((item) => isItem(item), message),
    ),
    [],
  );
}

function isProxy(item: string): boolean {
  if (item === "loopback") return true;
  const [address = "", bits, ...rest] = item.split("/");
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  if (most < 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most);
}

function isOrigin(item: string): boolean {
  return URL.canParse(item) && new URL(item).origin === item;
}

function isStream(item: string): boolean {
  try {
    parseStreamName(item);
    return true;
  } catch {
    return false;
  }
}

function text({ input }: { input: unknown }): string {
  return `expected text that is not empty, got ${show(input)}`;
}

function show(input: unknown): string {
  return (typeof input === "number" ? String(input) : (JSON.stringify(input) ?? String(input))).slice(0, 80);
}

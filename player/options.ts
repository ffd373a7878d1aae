import type { IntegrityPolicy } from "./integrity/integrity.js";
import { type ParsedPublicKey, type PlaylistPublicKey, parsePublicKey } from "./integrity/public-key.js";
import type { Situations } from "./manners.js";
import type { OwnPolicy } from "./policy/operator-policy.js";
import { DEFAULT_UPLOAD_BUDGET, type UploadBudget } from "./policy/upload-budget.js";
import { describe, parseStreamName, type StreamName, swarmIdOf } from "./protocol/index.js";

/** How a player takes part in a swarm. Only `tracker` and `stream` have no default. */
export interface NearcastOptions {
  /**
   * The tracker's base address (`https://tracker.example`), which is asked for all else that is not said here: where
   * to announce, ICE servers, keys, where to report, and what the operator allows. Or the `ws:` or `wss:` address to
   * announce at, or several of them, which nothing else is asked of.
   */
  tracker: string | readonly string[];
  /**
   * Name of the stream: 1 to 64 letters, digits, `.`, `_` or `-`. Viewers of one name share their segments, so it must
   * stand for one source, wherever that is loaded from. If the player goes on to another source (`loadSource`), it
   * shares that one with those who came to it in the same way.
   */
  stream: string;
  /**
   * Gives the viewer's access token, where tracker or reports need one. It is called before the first token expires,
   * too, and may then be called at any time; while it gives none, the stream plays from the origin.
   */
  getToken?: () => string | Promise<string>;
  /**
   * STUN and TURN servers.
   * @default those that the tracker tells of; otherwise none where it is on this machine, and one public STUN server
   * elsewhere
   */
  iceServers?: readonly RTCIceServer[];
  /**
   * Segments kept for playback and for peers, in MiB (1 to 4096).
   * @default 128, on phones 64
   */
  memoryLimitMiB?: number;
  /**
   * How far ahead of the playhead segments are fetched before hls.js asks for them, in seconds (5 to 300). Bytes that
   * nobody watches are paid for, too.
   * @default 30
   */
  prefetchWindowS?: number;
  /**
   * Whether peers may have segments from this viewer. The operator can forbid it, too.
   * @default true
   */
  upload?: boolean;
  /**
   * Bytes uploaded over bytes downloaded at most (0 to 1000), beyond 8 MiB that are free. The operator can lower it.
   * @default what the operator says, otherwise 1
   */
  uploadRatio?: number;
  /**
   * Upload at most so fast on average, in kbit/s (1 to 10,000,000). Single segments still leave as fast as they can. The
   * operator can lower it.
   * @default what the operator says, otherwise no limit
   */
  uploadKbps?: number;
  /**
   * Uploads at a time (1 to 64).
   * @default 8
   */
  simultaneousUploads?: number;
  /**
   * Whether this viewer uploads, where the browser tells, while it is asked to save data, in a cellular network, with a
   * battery at 20 % or less that is not charging, and in a tab that has been hidden for more than a minute.
   * @default none of them
   */
  uploadWhile?: { saveData?: boolean; cellular?: boolean; lowBattery?: boolean; hidden?: boolean };
  /**
   * Whether the viewer has agreed to connections with other viewers, who learn its address. Until it is `granted`,
   * neither the tracker nor any peer is contacted; `hls.nearcast.setConsent()` tells of a later answer.
   * @default "granted"
   */
  consent?: Consent;
  /**
   * Share of the sessions, 0 to 1, that play without peers as a control group. Which, a hash of the session's id says.
   * @default what the operator says, otherwise 0
   */
  holdout?: number;
  /**
   * Where reports of what was played and where it came from are posted (`http:` or `https:`), as `Report` in
   * `nearcast/protocol` describes them; `false` for nowhere. What a tracker replies, the operator's policy of that
   * moment and peers that are blocked, takes effect at once.
   * @default where the tracker says, otherwise nowhere
   */
  report?: string | false;
  /**
   * Whether peers are used at all. `false` plays from the origin, and neither the tracker nor any peer is contacted.
   * `true` does not go before an operator who has switched them off.
   * @default true
   */
  enabled?: boolean;
  /**
   * What has to vouch for a segment from a peer.
   *
   * - `required`: its playlist, signed with a known key. Where that is missing, everything comes from the origin.
   * - `optional`: the same where there is something, and nothing otherwise: any peer can then put pictures of its own
   *   into the stream. For playlists that cannot be tagged; `stats.integrity.unverifiedBytes` says how much was taken
   *   on trust.
   * - `off`: nothing is checked.
   * @default "required"
   */
  integrity?: IntegrityPolicy;
  /**
   * Keys that may sign playlists.
   * @default those that the tracker tells of, otherwise those at `/.well-known/nearcast.json` of the host that the playlist came from
   */
  publicKeys?: readonly PlaylistPublicKey[];
  /**
   * Whether segments from the origin are compared with their playlist, too. One that differs counts as failed to load.
   * @default false
   */
  verifyOrigin?: boolean;
  /**
   * Name of the swarm in p2p-media-loader's terms, to share with its players.
   * @default `nearcast:<stream>`
   */
  swarmId?: string;
}

/** `ask`: it has not been answered yet. */
export type Consent = "granted" | "denied" | "ask";

export interface ParsedOptions extends OwnPolicy {
  /** Where to announce; none where the tracker is asked. */
  readonly trackers: readonly string[];
  /** The tracker to ask. */
  readonly trackerBase: string | undefined;
  readonly getToken: (() => string | Promise<string>) | undefined;
  readonly stream: StreamName;
  readonly iceServers: readonly RTCIceServer[];
  /** The tracker's word on them is not heard. */
  readonly areIceServersGiven: boolean;
  readonly memoryLimitBytes: number;
  readonly prefetchWindowS: number;
  readonly uploadWhile: Situations;
  readonly consent: Consent;
  readonly reportUrl: string | false | undefined;
  readonly isEnabled: boolean;
  readonly integrity: IntegrityPolicy;
  readonly publicKeys: readonly ParsedPublicKey[] | undefined;
  readonly verifyOrigin: boolean;
  readonly swarmId: string;
}

const CONSENTS: readonly Consent[] = ["granted", "denied", "ask"];
const INTEGRITY_POLICIES: readonly IntegrityPolicy[] = ["required", "optional", "off"];
const MIB = 1024 * 1024;
const PUBLIC_STUN = "stun:stun.l.google.com:19302";

/**
 * @throws {TypeError} where an option has the wrong type.
 * @throws {RangeError} where it is outside its range. Both name the option.
 */
export function parseOptions(options: NearcastOptions, userAgent: string): ParsedOptions {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`nearcast: expected an object of options, got ${describe(options)}`);
  }
  const stream = parseStreamName(options.stream);
  const addresses = parseTrackers(options.tracker);
  const [first] = addresses;
  const trackerBase = first?.startsWith("http") ? first : undefined;
  const isPhone = /Android|iPhone|iPad|Mobile/.test(userAgent);
  const memoryLimitMiB =
    parseNumber("memoryLimitMiB", options.memoryLimitMiB, 1, 4096) ?? (isPhone ? 64 : 128);
  return {
    stream,
    trackers: trackerBase === undefined ? addresses : [],
    trackerBase,
    getToken: parseGetToken(options.getToken),
    iceServers: parseIceServers(options.iceServers) ?? defaultIceServers(addresses),
    areIceServersGiven: options.iceServers !== undefined,
    memoryLimitBytes: memoryLimitMiB * MIB,
    prefetchWindowS: parseNumber("prefetchWindowS", options.prefetchWindowS, 5, 300) ?? 30,
    mayUpload: parseBoolean("upload", options.upload) ?? true,
    uploadBudget: parseUploadBudget(options),
    isRatioGiven: options.uploadRatio !== undefined,
    uploadWhile: parseSituations(options.uploadWhile),
    consent: parseConsent(options.consent) ?? "granted",
    holdout: parseNumber("holdout", options.holdout, 0, 1),
    reportUrl: parseReportUrl(options.report),
    isEnabled: parseBoolean("enabled", options.enabled) ?? true,
    integrity: parseChoice("integrity", options.integrity, INTEGRITY_POLICIES) ?? "required",
    publicKeys: parsePublicKeys(options.publicKeys),
    verifyOrigin: parseBoolean("verifyOrigin", options.verifyOrigin) ?? false,
    swarmId: parseSwarmId(options.swarmId) ?? swarmIdOf(stream),
  };
}

function parseTrackers(tracker: unknown): string[] {
  const list = Array.isArray(tracker) ? tracker : [tracker];
  if (list.length === 0 || list.length > 8) {
    throw new RangeError(`nearcast.tracker: expected 1 to 8 addresses, got ${list.length}`);
  }
  return list.map((address) => {
    const url = typeof address === "string" ? parseUrl(address) : undefined;
    // One of several that are asked would have to be told from the others.
    const isKnown = list.length > 1 ? /^wss?:$/ : /^(ws|http)s?:$/;
    if (!url || !isKnown.test(url.protocol)) {
      const expected = list.length > 1 ? "ws: or wss: addresses" : "an https: or wss: address";
      throw new TypeError(`nearcast.tracker: expected ${expected}, got ${describe(address)}`);
    }
    return url.href;
  });
}

function parseGetToken(value: unknown): ParsedOptions["getToken"] {
  if (value === undefined || typeof value === "function") return value as ParsedOptions["getToken"];
  throw new TypeError(`nearcast.getToken: expected a function, got ${describe(value)}`);
}

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function defaultIceServers(trackers: readonly string[]): RTCIceServer[] {
  const areLocal = trackers.every((tracker) => isLoopback(new URL(tracker).hostname));
  return areLocal ? [] : [{ urls: PUBLIC_STUN }];
}

function isLoopback(hostname: string): boolean {
  return (
    hostname === "localhost" ||
    hostname.endsWith(".localhost") ||
    /^127(\.\d{1,3}){3}$/.test(hostname) ||
    hostname === "[::1]"
  );
}

function parseIceServers(servers: unknown): RTCIceServer[] | undefined {
  if (servers === undefined) return undefined;
  const isList =
    Array.isArray(servers) && servers.every((server) => typeof server === "object" && server?.urls);
  if (!isList)
    throw new TypeError(`nearcast.iceServers: expected a list of { urls, … }, got ${describe(servers)}`);
  return [...servers];
}

function parseNumber(name: string, value: unknown, min: number, max: number): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "number")
    throw new TypeError(`nearcast.${name}: expected a number, got ${describe(value)}`);
  if (!(value >= min && value <= max)) {
    throw new RangeError(`nearcast.${name}: expected ${min} to ${max}, got ${value}`);
  }
  return value;
}

function parseChoice<Choice extends string>(
  name: string,
  value: unknown,
  choices: readonly Choice[],
): Choice | undefined {
  if (value === undefined) return undefined;
  const choice = choices.find((known) => known === value);
  if (choice !== undefined) return choice;
  const expected = choices.map((known) => `"${known}"`).join(" or ");
  throw new TypeError(`nearcast.${name}: expected ${expected}, got ${describe(value)}`);
}

function parsePublicKeys(keys: unknown): ParsedPublicKey[] | undefined {
  if (keys === undefined) return undefined;
  if (!Array.isArray(keys) || keys.length === 0 || keys.length > 32) {
    throw new TypeError(`nearcast.publicKeys: expected a list of 1 to 32 keys, got ${describe(keys)}`);
  }
  return keys.map((key, index) => parsePublicKey(key, `nearcast.publicKeys[${index}]`));
}

function parseInteger(name: string, value: unknown, min: number, max: number): number | undefined {
  const number = parseNumber(name, value, min, max);
  if (number === undefined || Number.isInteger(number)) return number;
  throw new RangeError(`nearcast.${name}: expected an integer from ${min} to ${max}, got ${number}`);
}

function parseUploadBudget(options: NearcastOptions): UploadBudget {
  const kbps = parseNumber("uploadKbps", options.uploadKbps, 1, 1e7);
  const simultaneous = parseInteger("simultaneousUploads", options.simultaneousUploads, 1, 64);
  return {
    ...DEFAULT_UPLOAD_BUDGET,
    ratio: parseNumber("uploadRatio", options.uploadRatio, 0, 1000) ?? DEFAULT_UPLOAD_BUDGET.ratio,
    // 1 kbit/s is an eighth of a byte per millisecond.
    ...(kbps !== undefined && { bytesPerMs: kbps / 8 }),
    ...(simultaneous !== undefined && { simultaneous }),
  };
}

function parseSituations(value: unknown): Situations {
  if (value !== undefined && (typeof value !== "object" || value === null)) {
    throw new TypeError(`nearcast.uploadWhile: expected an object, got ${describe(value)}`);
  }
  const given = (value ?? {}) as Record<string, unknown>;
  const may = (name: keyof Situations) => parseBoolean(`uploadWhile.${name}`, given[name]) ?? false;
  return {
    saveData: may("saveData"),
    cellular: may("cellular"),
    lowBattery: may("lowBattery"),
    hidden: may("hidden"),
  };
}

/** @throws {TypeError} */
export function parseConsent(value: unknown): Consent | undefined {
  return parseChoice("consent", value, CONSENTS);
}

function parseReportUrl(address: unknown): string | false | undefined {
  if (address === undefined || address === false) return address;
  const url = typeof address === "string" ? parseUrl(address) : undefined;
  if (url && (url.protocol === "http:" || url.protocol === "https:")) return url.href;
  throw new TypeError(`nearcast.report: expected an http: or https: address, got ${describe(address)}`);
}

function parseBoolean(name: string, value: unknown): boolean | undefined {
  if (value === undefined || typeof value === "boolean") return value;
  throw new TypeError(`nearcast.${name}: expected true or false, got ${describe(value)}`);
}

function parseSwarmId(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "string" || value.length === 0 || value.length > 1024) {
    throw new TypeError(`nearcast.swarmId: expected 1 to 1024 characters, got ${describe(value)}`);
  }
  return value;
}

import type { Logger } from "pino";
import * as v from "valibot";

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
  /** How long `close()` waits for clients to say goodbye before it cuts them. @default 2_000 */
  readonly closeTimeoutMs: number;
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

/** A wire interval of this many seconds, times five (see swarm-server.ts), is still an exact number. */
const MAX_INTERVAL_MS = 24 * 60 * 60 * 1000;

const settingsSchema = v.strictObject({
  host: v.optional(v.pipe(v.string(text), v.minLength(1, text)), "127.0.0.1"),
  port: integer(0, 65_535, 8000),
  announceIntervalMs: integer(1000, MAX_INTERVAL_MS, 20_000),
  maxMessageBytes: integer(1024, 16 * 1024 * 1024, 128 * 1024),
  maxOffersPerAnnounce: integer(1, 100, 10),
  maxSwarmsPerSocket: integer(1, 10_000, 32),
  maxSockets: integer(1, 10_000_000, 20_000),
  maxBadFrames: integer(1, 1_000_000, 10),
  maxUnsentBytes: integer(1024, 2 ** 30, 1024 * 1024),
  heartbeatIntervalMs: integer(10, MAX_TIMER_MS, 30_000),
  peerTtlMs: integer(10, MAX_TIMER_MS, 90_000),
  closeTimeoutMs: integer(0, MAX_TIMER_MS, 2000),
});

export const SETTING_NAMES = Object.keys(settingsSchema.entries) as (keyof TrackerSettings)[];

/**
 * Fills in the defaults.
 *
 * @throws {OptionError} like `port: expected 0-65535, got 99999`.
 */
export function parseSettings(input: { readonly [name: string]: unknown }): TrackerSettings {
  const result = v.safeParse(settingsSchema, input);
  if (result.success) return result.output;
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

function text({ input }: { input: unknown }): string {
  return `expected text that is not empty, got ${show(input)}`;
}

function show(input: unknown): string {
  return (typeof input === "number" ? String(input) : (JSON.stringify(input) ?? String(input))).slice(0, 80);
}

import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { WebSocket } from "ws";
import { FlagError } from "../../command-line/flags.js";
import { isMasterPlaylist, parseMasterPlaylist } from "../../origin/playlist/master.js";
import { parseMediaPlaylist } from "../../origin/playlist/media.js";
import { askToJoin } from "../../player/control/ask-to-join.js";
import { type IntegrityKey, joinUrl, type StreamName } from "../../player/protocol/index.js";
import type { StreamPlan } from "../scenario/stream.js";
import type { Stage } from "./stage.js";

/** Addresses of servers that run already. */
export interface GivenAddresses {
  /** Of a master playlist, or of the media playlist of a stream in one rendition. */
  readonly url: string;
  /** As the player's option takes it; without one nobody meets. */
  readonly tracker: string | undefined;
  readonly stream: StreamName;
}

/** Somebody's origin and tracker, which have been seen to answer. */
export interface GivenStage extends Stage {
  /** Where headless viewers announce. */
  readonly announce: readonly string[];
  readonly iceServers: readonly RTCIceServer[];
  readonly integrityKeys: readonly IntegrityKey[];
  /** What a scenario's `stream` is in truth. */
  readonly seen: Pick<StreamPlan, "kind" | "segmentS" | "renditions">;
}

const TIMEOUT_MS = 10_000;

/**
 * Looks at a stream and its tracker before viewers come.
 *
 * @param pagesUrl where pages that play it come from, if they do; its servers must allow them to (CORS).
 * @throws {FlagError} where one of them does not answer, or not as it should.
 */
export async function openGivenStage(
  { url, tracker, stream }: GivenAddresses,
  pagesUrl?: string,
): Promise<GivenStage> {
  const origin = pagesUrl === undefined ? undefined : new URL(pagesUrl).origin;
  const seen = await lookAtStream(url, origin);
  const peers = tracker === undefined ? NOBODY : await lookAtTracker(tracker, stream, origin);
  return {
    src: url,
    tracker: tracker ?? "",
    stream,
    originLog: undefined,
    seen,
    ...peers,
    [Symbol.asyncDispose]: async () => {},
  };
}

type WayToPeers = Pick<GivenStage, "announce" | "iceServers" | "integrityKeys">;

const NOBODY: WayToPeers = { announce: [], iceServers: [], integrityKeys: [] };

async function lookAtStream(url: string, origin: string | undefined): Promise<GivenStage["seen"]> {
  const top = await fetchPlaylist(url, origin);
  if (!isMasterPlaylist(top.text))
    return { ...readMedia(top), renditions: [{ kbps: UNKNOWN_KBPS, height: 720 }] };
  const variants = readAs(top, parseMasterPlaylist).renditions.filter(({ role }) => role === "variant");
  const [first] = variants;
  if (!first) throw new FlagError(`--url: ${top.url} has no rendition`);
  const renditions = variants.slice(0, MOST_RENDITIONS).map(({ attributes }) => ({
    kbps: within(16, 200_000, Number(attributes.get("BANDWIDTH") ?? UNKNOWN_KBPS * 1000) / 1000),
    height: within(1, 8_640, Number(attributes.get("RESOLUTION")?.split("x")[1] ?? 720)),
  }));
  const media = await fetchPlaylist(new URL(first.uri, top.url).href, origin);
  return { ...readMedia(media), renditions };
}

/** As many as scenarios may have. */
const MOST_RENDITIONS = 16;
/** A playlist without variants does not say. */
const UNKNOWN_KBPS = 1_000;

interface Playlist {
  readonly text: string;
  /** After redirects. */
  readonly url: string;
}

async function fetchPlaylist(url: string, origin: string | undefined): Promise<Playlist> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      headers: origin === undefined ? {} : { origin },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    text = await response.text();
  } catch (cause) {
    throw new FlagError(`--url: ${url} does not answer: ${reasonOf(cause)}`, { cause });
  }
  if (!response.ok) throw new FlagError(`--url: ${url} answers ${response.status}`);
  if (!text.startsWith("#EXTM3U")) throw new FlagError(`--url: ${url} is no HLS playlist`);
  const allowed = response.headers.get("access-control-allow-origin");
  if (origin !== undefined && allowed !== "*" && allowed !== origin) {
    throw new FlagError(
      `--url: ${url} answers without Access-Control-Allow-Origin for ${origin}: browsers may not play it from there`,
    );
  }
  return { text, url: response.url };
}

function readMedia(playlist: Playlist): Pick<StreamPlan, "kind" | "segmentS"> {
  const { isEnded, segments } = readAs(playlist, parseMediaPlaylist);
  const [segment] = segments;
  if (!segment) throw new FlagError(`--url: ${playlist.url} has no segments`);
  return {
    kind: isEnded ? "vod" : "live",
    segmentS: within(0.5, 30, segment.durationUs / 1e6),
  };
}

function readAs<Parsed>({ text, url }: Playlist, parse: (text: string) => Parsed): Parsed {
  try {
    return parse(text);
  } catch (cause) {
    throw new FlagError(`--url: ${url}: ${(cause as Error).message}`, { cause });
  }
}

async function lookAtTracker(
  tracker: string,
  stream: StreamName,
  origin: string | undefined,
): Promise<WayToPeers> {
  const way = tracker.startsWith("http")
    ? await askTracker(tracker, stream)
    : { ...NOBODY, announce: [tracker] };
  const [first = tracker] = way.announce;
  const socket = new WebSocket(first, {
    handshakeTimeout: TIMEOUT_MS,
    ...(origin !== undefined && { origin }),
  });
  try {
    await once(socket, "open");
  } catch (cause) {
    throw new FlagError(`--tracker: ${first} takes no announces: ${reasonOf(cause)}`, { cause });
  } finally {
    socket.on("error", () => {}).terminate();
  }
  return way;
}

async function askTracker(tracker: string, stream: StreamName): Promise<WayToPeers> {
  const join = await askToJoin(joinUrl(tracker, { stream, session: randomUUID() }), undefined, fetch).catch(
    (cause: Error) => {
      throw new FlagError(`--tracker: ${cause.message}`, { cause });
    },
  );
  if (join.policy.cohort === "off") {
    throw new FlagError(`--tracker: peers are switched off for the stream ${stream} at ${tracker}`);
  }
  const { announce, integrityKeys } = join;
  const iceServers = join.iceServers.map((server) => ({ ...server, urls: [...server.urls] }));
  return { announce, iceServers, integrityKeys };
}

/** `fetch` hides why it has failed; several addresses of one host fail with one error each. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `nothing came within ${TIMEOUT_MS / 1000} s`;
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  return error.cause === undefined ? error.message : reasonOf(error.cause);
}

function within(min: number, max: number, value: number): number {
  return Math.min(max, Math.max(min, value));
}

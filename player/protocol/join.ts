import { describe } from "./describe.js";
import { boolean, type Fields, fieldsOf, integer, listOf, number, streamOf } from "./fields.js";
import { ParseError } from "./parse-error.js";
import { type Cohort, cohortOf, isReportablePeer } from "./report.js";
import type { StreamName } from "./stream.js";
import { PROTOCOL_VERSION } from "./version.js";

/**
 * All that a player needs to take part, as the tracker tells it: `GET /join?stream=…&session=…`, the viewer's access
 * token as Bearer. Asked for again after `refreshS`; what changed in between comes with the reply to each report.
 */
export interface JoinDocument {
  readonly stream: StreamName;
  /** Where to announce, best first: absolute `ws:` or `wss:` URLs. The token is added to their query as `token`. */
  readonly announce: readonly string[];
  /** For `RTCPeerConnection`. Credentials of TURN servers expire; they are good until after the next refresh. */
  readonly iceServers: readonly IceServer[];
  readonly policy: JoinPolicy;
  /** Public keys that sign this stream's playlists; empty where the origin tells them. */
  readonly integrityKeys: readonly IntegrityKey[];
  readonly reports: { readonly url: string; readonly intervalS: number };
  /** Peers found to send wrong bytes: neither connected to nor asked. */
  readonly blockedPeers: readonly string[];
  readonly refreshS: number;
}

/** What this viewer may do now. */
export interface JoinPolicy {
  /** `off`: P2P is switched off for the stream, the viewer's network or country. */
  readonly cohort: Cohort;
  /** `false` in networks that may only download. */
  readonly mayUpload: boolean;
  /** Viewers of this stream that the tracker knows of. */
  readonly viewers: number;
  /** P2P starts with so many viewers; below, connections are not worth their cost. 0 and 1: always. */
  readonly minViewers: number;
  /** Share of the sessions in the control group, 0 to 1. */
  readonly holdoutShare: number;
  /** Bytes uploaded over bytes downloaded at most; absent: the player's own default. */
  readonly uploadRatio?: number;
  /** Absent: the player's own default. */
  readonly uploadKbps?: number;
}

/** The public half of a key (JWK, RFC 7517). */
export interface IntegrityKey {
  readonly kid: string;
  readonly kty?: string;
  readonly crv?: string;
  readonly x?: string;
  readonly y?: string;
}

/** `RTCIceServer` in one form. */
export interface IceServer {
  readonly urls: readonly string[];
  readonly username?: string;
  readonly credential?: string;
}

/** The tracker's reply to a report: what an operator or other viewers' reports have changed reaches players by it. */
export interface ReportReply {
  readonly policy: JoinPolicy;
  readonly blockedPeers: readonly string[];
}

/** Of the body, in bytes. */
export const MAX_JOIN_BYTES = 65_536;
export const MAX_BLOCKED_PEERS = 256;

const MAX_URLS = 8;
const MAX_KEYS = 32;
const DAY_S = 86_400;

/**
 * @param base the tracker's address, e.g. `https://tracker.example/`; a path is kept.
 * @param session the same random id as in the reports.
 * @throws {TypeError} where `base` is not a URL.
 */
export function joinUrl(base: string, { stream, session }: { stream: StreamName; session: string }): string {
  const url = new URL("join", base.endsWith("/") ? base : `${base}/`);
  url.protocol = url.protocol.replace(/^ws/, "http");
  url.searchParams.set("stream", stream);
  url.searchParams.set("session", session);
  return url.href;
}

/**
 * Reads what a tracker answered. Unknown fields are passed over.
 *
 * @param json the parsed body.
 * @param from the URL that it came from; the document's URLs may be relative to it.
 * @throws {ParseError} that begins with the field's name.
 */
export function parseJoin(json: unknown, from: string): JoinDocument {
  const join = versioned(json, "join");
  const reports = fieldsOf(join.reports, "reports");
  const announce = listOf(join, "announce", MAX_URLS);
  if (announce.length === 0) throw new ParseError("announce: expected at least one URL, got none");
  return {
    stream: streamOf(join.stream),
    announce: announce.map((url, index) => webSocketUrl(url, `announce[${index}]`, from)),
    iceServers: listOf(join, "iceServers", MAX_URLS).map(iceServerOf),
    integrityKeys: listOf(join, "integrityKeys", MAX_KEYS).map((key, index) =>
      integrityKeyOf(key, `integrityKeys[${index}]`),
    ),
    reports: {
      url: absoluteUrl(reports.url, "reports.url", from, ["http:", "https:"]),
      intervalS: integer(reports, "reports.intervalS", DAY_S),
    },
    refreshS: integer(join, "refreshS", DAY_S),
    ...replyOf(join),
  };
}

/**
 * Reads the reply to a report.
 *
 * @throws {ParseError} that begins with the field's name.
 */
export function parseReportReply(json: unknown): ReportReply {
  return replyOf(versioned(json, "reply"));
}

/** Writes what {@link parseJoin} reads. URLs may be relative to the one that was asked. */
export function encodeJoin(join: JoinDocument): string {
  return JSON.stringify({ version: PROTOCOL_VERSION, ...join });
}

/** Writes what {@link parseReportReply} reads. */
export function encodeReportReply({ policy, blockedPeers }: ReportReply): string {
  return JSON.stringify({ version: PROTOCOL_VERSION, policy, blockedPeers });
}

function versioned(json: unknown, where: string): Fields {
  const fields = fieldsOf(json, where);
  if (fields.version === PROTOCOL_VERSION) return fields;
  throw new ParseError(`version: expected ${PROTOCOL_VERSION}, got ${describe(fields.version)}`);
}

function replyOf(fields: Fields): ReportReply {
  return {
    policy: policyOf(fieldsOf(fields.policy, "policy")),
    blockedPeers: listOf(fields, "blockedPeers", MAX_BLOCKED_PEERS).map((peer, index) => {
      if (typeof peer === "string" && isReportablePeer(peer)) return peer;
      throw new ParseError(`blockedPeers[${index}]: expected a peer id, got ${describe(peer)}`);
    }),
  };
}

function policyOf(policy: Fields): JoinPolicy {
  return {
    cohort: cohortOf(policy.cohort, "policy.cohort"),
    mayUpload: boolean(policy, "policy.mayUpload"),
    viewers: integer(policy, "policy.viewers", 2 ** 31 - 1),
    minViewers: integer(policy, "policy.minViewers", 1_000_000),
    holdoutShare: number(policy, "policy.holdoutShare", 1),
    ...(policy.uploadRatio !== undefined && { uploadRatio: number(policy, "policy.uploadRatio", 1000) }),
    ...(policy.uploadKbps !== undefined && { uploadKbps: number(policy, "policy.uploadKbps", 10_000_000) }),
  };
}

/** Whether it is a usable key shows when it is imported. */
function integrityKeyOf(value: unknown, where: string): IntegrityKey {
  const key = fieldsOf(value, where);
  if (typeof key.kid === "string" && key.kid !== "") return key as unknown as IntegrityKey;
  throw new ParseError(`${where}.kid: expected the key's id, got ${describe(key.kid)}`);
}

function iceServerOf(value: unknown, index: number): IceServer {
  const where = `iceServers[${index}]`;
  const server = fieldsOf(value, where);
  const urls = listOf(server, `${where}.urls`, MAX_URLS).map((url, at) => {
    if (typeof url === "string" && /^(stuns?|turns?):\S{1,256}$/.test(url)) return url;
    throw new ParseError(`${where}.urls[${at}]: expected a stun: or turn: URL, got ${describe(url)}`);
  });
  const { username, credential } = server;
  if (username === undefined && credential === undefined) return { urls };
  if (typeof username === "string" && typeof credential === "string") return { urls, username, credential };
  throw new ParseError(`${where}.credential: expected user name and credential as text, or neither`);
}

/** Browsers and clients differ in what they make of `http:` for a WebSocket. */
function webSocketUrl(value: unknown, where: string, from: string): string {
  const url = absoluteUrl(value, where, from, ["ws:", "wss:", "http:", "https:"]);
  return url.replace(/^http/, "ws");
}

function absoluteUrl(value: unknown, where: string, from: string, schemes: readonly string[]): string {
  if (typeof value === "string" && value !== "" && URL.canParse(value, from)) {
    const url = new URL(value, from);
    if (schemes.includes(url.protocol)) return url.href;
  }
  throw new ParseError(`${where}: expected a URL with ${schemes.join(" or ")}, got ${describe(value)}`);
}

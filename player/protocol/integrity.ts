import { decodeBase64Url, encodeBase64Url } from "./base64url.js";
import { isMediaPlaylist, listSegments, type PlaylistLine, playlistLines } from "./playlist-segments.js";

// Lines that vouch for the segments of a media playlist. Players that do not know them pass over them.

/** Before a segment's URI: base64url of the SHA-256 of its bytes as they are served; of its byte range, where it has one. */
const SHA256 = "#EXT-X-NEARCAST-SHA256:";
/** Beside it: how many bytes these are, so that a peer that would send more can be refused at its first byte. */
const BYTES = "#EXT-X-NEARCAST-BYTES:";
/** The last line: a JWS with detached content (RFC 7515, appendix F) over the UTF-8 text of all lines before it. */
const SIGNATURE = "#EXT-X-NEARCAST-SIGNATURE:";

/** What a playlist says about a segment's bytes. */
export interface SegmentDigest {
  /** 43 characters of base64url. */
  readonly sha256: string;
  /** `undefined` where the playlist does not say. */
  readonly bytes: number | undefined;
}

/** Algorithms that a playlist may be signed with (RFC 7518, RFC 8037). */
export const SIGNATURE_ALGORITHMS = ["ES256", "EdDSA"] as const;
export type SignatureAlgorithm = (typeof SIGNATURE_ALGORITHMS)[number];

/** A JWS's protected header. */
export interface SignatureHeader {
  readonly alg: SignatureAlgorithm;
  /** Names the key: 1 to 64 letters, digits, `.`, `_` or `-`. */
  readonly kid: string;
}

export interface PlaylistSignature extends SignatureHeader {
  /** What was signed. */
  readonly input: Uint8Array<ArrayBuffer>;
  /** 64 bytes for either algorithm. */
  readonly value: Uint8Array<ArrayBuffer>;
}

export type FoundSignature =
  | { readonly at: "present"; readonly signature: PlaylistSignature }
  | { readonly at: "absent" }
  | { readonly at: "malformed"; readonly because: string };

const DIGEST = /^[A-Za-z0-9_-]{43}$/;
const SIZE = /^[1-9]\d{0,14}$/;
const KID = /^[A-Za-z0-9._-]{1,64}$/;
/** 64 bytes are 86 characters. */
const DETACHED = /^([A-Za-z0-9_-]{1,512})\.\.([A-Za-z0-9_-]{86})$/;

export function isSha256(text: string): boolean {
  return DIGEST.test(text) && decodeBase64Url(text) !== undefined;
}

/**
 * What a playlist vouches for, for each of its segments in their order. A segment whose lines are malformed, doubled
 * or missing has none; lines that stand before no segment count for nothing.
 */
export function readDigests(text: string): (SegmentDigest | undefined)[] {
  const lines = playlistLines(text);
  let from = 0;
  return listSegments(lines).map(({ line }) => {
    const before = lines.slice(from, line).map(({ content }) => content.trimEnd());
    from = line + 1;
    return digestIn(before);
  });
}

function digestIn(lines: readonly string[]): SegmentDigest | undefined {
  const [sha256, ...others] = valuesOf(lines, SHA256);
  const [bytes, ...more] = valuesOf(lines, BYTES);
  if (sha256 === undefined || others.length > 0 || more.length > 0 || !isSha256(sha256)) return undefined;
  if (bytes === undefined) return { sha256, bytes };
  return SIZE.test(bytes) ? { sha256, bytes: Number(bytes) } : undefined;
}

function valuesOf(lines: readonly string[], tag: string): string[] {
  return lines.filter((line) => line.startsWith(tag)).map((line) => line.slice(tag.length));
}

/**
 * Writes into a media playlist what its segments are. Whatever vouched for them before is taken out, the signature,
 * too. Multivariant playlists, and what is no playlist, are given back as they are.
 *
 * @param digests for each segment in their order; `undefined` vouches for nothing.
 */
export function writeDigests(text: string, digests: readonly (SegmentDigest | undefined)[]): string {
  const lines = playlistLines(removeIntegrity(text));
  if (!isMediaPlaylist(lines)) return text;
  const inserted = new Map<number, string>();
  listSegments(lines).forEach(({ line }, index) => {
    const digest = digests[index];
    if (!digest) return;
    // The URI's own line may be the last and have no end.
    const end = lines[line]?.end || lines[line - 1]?.end || "\n";
    const size = digest.bytes === undefined ? "" : `${BYTES}${digest.bytes}${end}`;
    inserted.set(line, `${SHA256}${digest.sha256}${end}${size}`);
  });
  return lines.map(({ content, end }, line) => `${inserted.get(line) ?? ""}${content}${end}`).join("");
}

/** The playlist without any of these lines, as it was before they were written. */
export function removeIntegrity(text: string): string {
  const lines = playlistLines(text);
  const last = lines.at(-1);
  const kept = lines.filter(({ content }) => !isOurs(content));
  // A text whose last line had no end was given one for the signature to stand behind.
  const wasOpen = last?.content.startsWith(SIGNATURE) && last.end === "";
  return kept
    .map(({ content, end }, line) => (wasOpen && line === kept.length - 1 ? content : content + end))
    .join("");
}

function isOurs(content: string): boolean {
  return [SHA256, BYTES, SIGNATURE].some((tag) => content.startsWith(tag));
}

/**
 * The part of a playlist that its signature covers: all of it, ended by a line break.
 *
 * @param text has no signature yet.
 */
export function signedPart(text: string): string {
  const lines = playlistLines(text);
  return lines.at(-1)?.end ? text : text + endOf(lines);
}

/** Appends a signature to a playlist without one. */
export function writeSignature(text: string, header: SignatureHeader, value: Uint8Array): string {
  const lines = playlistLines(text);
  const jws = `${protectedHeader(header)}..${encodeBase64Url(value)}`;
  return `${signedPart(text)}${SIGNATURE}${jws}${lines.at(-1)?.end ?? ""}`;
}

function endOf(lines: readonly PlaylistLine[]): string {
  return lines.find(({ end }) => end !== "")?.end ?? "\n";
}

/** What is to be signed, for a playlist without a signature. */
export function signatureInput(text: string, header: SignatureHeader): Uint8Array<ArrayBuffer> {
  return jwsInput(protectedHeader(header), signedPart(text));
}

/** Finds a playlist's signature, which has to be its last line, and its only one. */
export function readSignature(text: string): FoundSignature {
  const at = text.lastIndexOf(SIGNATURE);
  if (at === -1) return { at: "absent" };
  if (at > 0 && text[at - 1] !== "\n") return malformed("it does not begin a line");
  if (text.indexOf(SIGNATURE) !== at) return malformed("there is more than one");
  const value = text.slice(at + SIGNATURE.length).replace(/\r?\n$/, "");
  if (value.includes("\n")) return malformed("it is not the last line");
  const [, header, signature] = DETACHED.exec(value) ?? [];
  const bytes = signature === undefined ? undefined : decodeBase64Url(signature);
  if (header === undefined || bytes === undefined) return malformed("it is no JWS with detached content");
  const parsed = parseHeader(header);
  if (!parsed) return malformed(`its header has to be { "alg": "ES256" or "EdDSA", "kid": … }`);
  const input = jwsInput(header, text.slice(0, at));
  return { at: "present", signature: { ...parsed, input, value: bytes } };
}

function malformed(because: string): FoundSignature {
  return { at: "malformed", because };
}

function parseHeader(encoded: string): SignatureHeader | undefined {
  const bytes = decodeBase64Url(encoded);
  if (!bytes) return undefined;
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
  if (typeof header !== "object" || header === null) return undefined;
  const { alg, kid, crit, b64 } = header as Record<string, unknown>;
  // Extensions that have to be understood are not.
  if (crit !== undefined || b64 !== undefined) return undefined;
  const algorithm = SIGNATURE_ALGORITHMS.find((name) => name === alg);
  if (!algorithm || typeof kid !== "string" || !isKeyId(kid)) return undefined;
  return { alg: algorithm, kid };
}

/** Whether a key may be called so in a signature. */
export function isKeyId(kid: string): boolean {
  return KID.test(kid);
}

function protectedHeader({ alg, kid }: SignatureHeader): string {
  return encodeBase64Url(new TextEncoder().encode(JSON.stringify({ alg, kid })));
}

function jwsInput(header: string, payload: string): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  return encoder.encode(`${header}.${encodeBase64Url(encoder.encode(payload))}`);
}

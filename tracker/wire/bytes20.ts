import { malformed } from "./wire-error.js";

/**
 * Twenty bytes as the protocol writes them into JSON: a string of 20 characters from U+0000 to U+00FF, one for each
 * byte. Kept as they stand in a frame (see frame.ts): characters from U+0080 on as the two bytes of their UTF-8.
 */
type Bytes20<Kind extends string> = string & { readonly __brand: Kind };

/** Names a swarm. */
export type InfoHash = Bytes20<"InfoHash">;
/** Names a peer within a swarm. */
export type PeerId = Bytes20<"PeerId">;
/** Names an offer among those of one peer; its answer carries the same id. */
export type OfferId = Bytes20<"OfferId">;

// biome-ignore lint/suspicious/noControlCharactersInRegex: every byte is allowed, control characters too.
const TWENTY_BYTES = /^(?:[\u0000-\u007f]|[\u00c2\u00c3][\u0080-\u00bf]){20}$/;

export function isBytes20<T extends Bytes20<string>>(value: unknown): value is T {
  return typeof value === "string" && TWENTY_BYTES.test(value);
}

/** @throws {WireError} naming `where`. */
export function parseBytes20<T extends Bytes20<string>>(value: unknown, where: string): T {
  if (!isBytes20<T>(value)) throw malformed(where, "a string of 20 bytes (U+0000-U+00FF)", value);
  return value;
}

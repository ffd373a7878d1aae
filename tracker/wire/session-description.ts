import type { Frame } from "./frame.js";
import { parseJsonObject } from "./json-object.js";
import { malformed } from "./wire-error.js";

/** A WebRTC session description's text as a JSON literal, quotes included, as it stands in frames (see frame.ts). */
export type SdpLiteral = string & { readonly __brand: "SdpLiteral" };

/** Data-channel descriptions with all their candidates take 0.5 to 6 thousand characters in today's browsers. */
export const MAX_SDP_LENGTH = 16_384;

/**
 * Reads an RTCSessionDescriptionInit.
 *
 * @throws {WireError} naming the field below `where`.
 */
export function parseSessionDescription(
  value: unknown,
  type: "offer" | "answer",
  where: string,
  frame: Frame,
): SdpLiteral {
  const json = parseJsonObject(value, where);
  if (json.type !== type) throw malformed(`${where}.type`, `"${type}"`, json.type);
  const expected = `a string of 1-${MAX_SDP_LENGTH} characters`;
  if (typeof json.sdp !== "string") throw malformed(`${where}.sdp`, expected, json.sdp);
  const literal = frame.literalOf(json.sdp);
  if (!isWithinLimits(literal)) throw malformed(`${where}.sdp`, expected, JSON.parse(literal));
  return literal as SdpLiteral;
}

/** Quotes and escapes make literals longer than their texts: those of ordinary length need not be parsed. */
function isWithinLimits(literal: string): boolean {
  if (literal.length - 2 <= MAX_SDP_LENGTH) return literal.length > 2;
  return literal.length < 6 * MAX_SDP_LENGTH && JSON.parse(literal).length <= MAX_SDP_LENGTH;
}

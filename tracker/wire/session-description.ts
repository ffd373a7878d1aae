import { parseJsonObject } from "./json-object.js";
import { malformed } from "./wire-error.js";

/** A WebRTC session description (RTCSessionDescriptionInit), relayed as it came. */
export interface SessionDescription<Type extends "offer" | "answer"> {
  readonly type: Type;
  readonly sdp: string;
}

/** Data-channel descriptions with all their candidates take 0.5 to 6 thousand characters in today's browsers. */
export const MAX_SDP_LENGTH = 16_384;

/** @throws {WireError} naming the field below `where`. */
export function parseSessionDescription<Type extends "offer" | "answer">(
  value: unknown,
  type: Type,
  where: string,
): SessionDescription<Type> {
  const json = parseJsonObject(value, where);
  if (json.type !== type) throw malformed(`${where}.type`, `"${type}"`, json.type);
  const { sdp } = json;
  if (typeof sdp !== "string" || sdp.length === 0 || sdp.length > MAX_SDP_LENGTH) {
    throw malformed(`${where}.sdp`, `a string of 1-${MAX_SDP_LENGTH} characters`, sdp);
  }
  return { type, sdp };
}

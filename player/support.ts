import type { IntegrityPolicy } from "./integrity/integrity.js";

/** Why a player does without peers; `undefined` where it can use them. */
export function missingSupport(scope: typeof globalThis, integrity: IntegrityPolicy): string | undefined {
  if (typeof scope.RTCPeerConnection !== "function") return "this browser has no WebRTC";
  if (typeof scope.WebSocket !== "function") return "this browser has no WebSocket";
  if (integrity !== "off" && !scope.crypto?.subtle) {
    return "this page is no secure context, so nothing that peers send can be checked";
  }
  return undefined;
}

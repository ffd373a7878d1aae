/** Why a player does without peers; `undefined` where it can use them. */
export function missingSupport(scope: typeof globalThis): string | undefined {
  if (typeof scope.RTCPeerConnection !== "function") return "this browser has no WebRTC";
  if (typeof scope.WebSocket !== "function") return "this browser has no WebSocket";
  return undefined;
}

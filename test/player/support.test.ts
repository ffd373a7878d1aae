import { expect, test } from "vitest";
import { missingSupport } from "../../player/support.js";

class Constructor {}

test.each([
  [{ RTCPeerConnection: Constructor, WebSocket: Constructor }, undefined],
  [{ WebSocket: Constructor }, "this browser has no WebRTC"],
  [{ RTCPeerConnection: undefined, WebSocket: Constructor }, "this browser has no WebRTC"],
  [{ RTCPeerConnection: Constructor }, "this browser has no WebSocket"],
])("with %o: %s", (scope, because) => {
  expect(missingSupport(scope as unknown as typeof globalThis)).toBe(because);
});

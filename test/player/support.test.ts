import { expect, test } from "vitest";
import { missingSupport } from "../../player/support.js";

class Constructor {}

const crypto = { subtle: {} };
const insecure = "this page is no secure context, so nothing that peers send can be checked";

test.each([
  [{ RTCPeerConnection: Constructor, WebSocket: Constructor, crypto }, undefined],
  [{ WebSocket: Constructor, crypto }, "this browser has no WebRTC"],
  [{ RTCPeerConnection: undefined, WebSocket: Constructor, crypto }, "this browser has no WebRTC"],
  [{ RTCPeerConnection: Constructor, crypto }, "this browser has no WebSocket"],
  [{ RTCPeerConnection: Constructor, WebSocket: Constructor, crypto: {} }, insecure],
])("with %o: %s", (scope, because) => {
  expect(missingSupport(scope as unknown as typeof globalThis, "required")).toBe(because);
});

test("a player that checks nothing needs no secure context", () => {
  const scope = { RTCPeerConnection: Constructor, WebSocket: Constructor } as unknown as typeof globalThis;
  expect(missingSupport(scope, "optional")).toBe(insecure);
  expect(missingSupport(scope, "off")).toBeUndefined();
});

import type { OpenEngine } from "./engine.js";

/** hls.js as it is: every byte comes from the origin. */
export const openPlain: OpenEngine = (Hls, order) => ({
  hls: new Hls({ ...order.hls }),
  traffic: (loadedBytes) => ({
    firstPeerMs: undefined,
    fromPeers: 0,
    fromOrigin: loadedBytes,
    uploaded: 0,
    wasted: 0,
    peers: 0,
  }),
});

import type { OpenEngine } from "./engine.js";

export const openNearcast: OpenEngine = (Hls, order) => {
  const hls = new Hls({
    ...order.hls,
    nearcast: { ...order.nearcast, tracker: order.tracker, stream: order.stream },
  });
  return {
    hls,
    traffic: (loadedBytes) => {
      const stats = hls.nearcast?.stats;
      const bytes = stats?.bytes;
      return {
        firstPeerMs: stats?.firstPeerMs,
        fromPeers: bytes ? bytes.fromPeers + bytes.ahead.fromPeers : 0,
        fromOrigin: bytes ? bytes.fromOrigin + bytes.ahead.fromOrigin : loadedBytes,
        uploaded: bytes?.uploaded ?? 0,
        wasted: bytes ? bytes.wasted.fromPeers + bytes.rejected : 0,
        peers: stats?.peers ?? 0,
      };
    },
  };
};

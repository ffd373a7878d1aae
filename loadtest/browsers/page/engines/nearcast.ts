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
      return {
        firstPeerMs: stats?.firstPeerMs,
        fromPeers: stats?.bytes.fromPeers ?? 0,
        fromOrigin: stats?.bytes.fromOrigin ?? loadedBytes,
        uploaded: stats?.bytes.uploaded ?? 0,
        wasted: stats?.bytes.wasted ?? 0,
        peers: stats?.peers ?? 0,
      };
    },
  };
};

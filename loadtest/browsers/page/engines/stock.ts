import type HlsType from "hls.js";
import { HlsJsP2PEngine } from "p2p-media-loader-hlsjs";
import type { OpenEngine } from "./engine.js";

/**
 * p2p-media-loader's own hls.js engine. Its `stock` options are those of PML's core; only the addresses that would
 * lead out of this machine are always ours.
 */
export const openStock: OpenEngine = (Hls, order) => {
  const sinceMs = performance.now();
  const peers = new Set<string>();
  const chunks = { fromPeers: 0, fromOrigin: 0 };
  let firstPeerMs: number | undefined;
  let segmentBytes = 0;
  let uploaded = 0;
  const StockHls = HlsJsP2PEngine.injectMixin(Hls as unknown as typeof HlsType);
  const hls = new StockHls({
    ...order.hls,
    p2p: {
      core: { ...order.stock, announceTrackers: [order.tracker], rtcConfig: { iceServers: [] } },
      onHlsJsCreated: ({ p2pEngine }) => {
        p2pEngine.addEventListener("onPeerConnect", ({ peerId }) => {
          firstPeerMs ??= performance.now() - sinceMs;
          peers.add(peerId);
        });
        p2pEngine.addEventListener("onPeerClose", ({ peerId }) => peers.delete(peerId));
        p2pEngine.addEventListener("onChunkDownloaded", (bytes, source) => {
          if (source === "p2p") chunks.fromPeers += bytes;
          else chunks.fromOrigin += bytes;
        });
        p2pEngine.addEventListener("onSegmentLoaded", ({ bytesLength }) => {
          segmentBytes += bytesLength;
        });
        p2pEngine.addEventListener("onChunkUploaded", (bytes) => {
          uploaded += bytes;
        });
      },
    },
  });
  return {
    hls,
    traffic: () => {
      // A segment may be pieced together from peers and the origin, so what was thrown away is only known in sum;
      // it is put down to peers, whose transfers are the ones that are cut off. Transfers under way count, too.
      const lost = chunks.fromPeers + chunks.fromOrigin - segmentBytes;
      const wasted = Math.min(chunks.fromPeers, Math.max(0, lost));
      return {
        firstPeerMs,
        fromPeers: chunks.fromPeers - wasted,
        fromOrigin: chunks.fromOrigin,
        uploaded,
        wasted,
        peers: peers.size,
      };
    },
  };
};

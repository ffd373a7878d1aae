import {
  formatBitrate,
  formatBytes,
  formatMilliseconds,
  formatPercent,
  formatSeconds,
} from "../../pages/format.js";
import type { Tile } from "../../pages/tile-list.js";
import type { NearcastStats } from "../../player/index.js";
import type { BytesBySource } from "./byte-history.js";
import { shortPeerId } from "./short-peer-id.js";

const NOTHING = "–";
const MAX_NAMED_PEERS = 6;

/** What the page says about a viewer, always the same tiles in the same order. */
export function describeStats(
  stats: NearcastStats,
  { peerIds, rate }: { peerIds: readonly string[]; rate: BytesBySource },
): Tile[] {
  const { bytes, segments, mode, latencyS, startupMs, firstPeerMs } = stats;
  return [
    {
      label: "Offload",
      value: formatPercent(stats.offload),
      detail: `Left to the origin: ${formatBytes(bytes.fromOrigin)}, ${formatBitrate(rate.fromOrigin)} now`,
      isWide: true,
    },
    {
      label: "Peers connected",
      value: `${stats.peers}`,
      detail: mode.uses === "peers" ? listPeers(peerIds) : "",
      isWide: true,
    },
    {
      label: "From peers",
      value: formatBytes(bytes.fromPeers),
      detail:
        bytes.wasted.fromPeers > 0
          ? `and ${formatBytes(bytes.wasted.fromPeers)} unused`
          : count(segments.fromPeers),
    },
    {
      label: "From the origin",
      value: formatBytes(bytes.fromOrigin),
      detail: count(segments.fromOrigin),
    },
    { label: "Sent to peers", value: formatBytes(bytes.uploaded), detail: "" },
    { label: "Buffer", value: formatSeconds(stats.bufferS), detail: "ahead of the playhead" },
    {
      label: "Latency",
      value: latencyS === undefined ? NOTHING : formatSeconds(latencyS),
      detail: latencyS === undefined ? "not a live stream" : "behind the live edge",
    },
    {
      label: "Startup",
      value: startupMs === undefined ? NOTHING : formatMilliseconds(startupMs),
      detail: firstPeerMs === undefined ? "" : `first peer: ${formatMilliseconds(firstPeerMs)}`,
    },
    {
      label: "Stalls",
      value: `${stats.stalls}`,
      detail: stats.stalls > 0 ? `${formatMilliseconds(stats.stalledMs)} in all` : "",
    },
    mode.uses === "peers"
      ? { label: "Mode", value: "Peers", detail: "and the origin" }
      : { label: "Mode", value: "Origin only", detail: mode.because },
  ];
}

function listPeers(peerIds: readonly string[]): string {
  const named = peerIds.slice(0, MAX_NAMED_PEERS).map(shortPeerId).join(", ");
  const others = peerIds.length - MAX_NAMED_PEERS;
  if (others > 0) return `${named} and ${others} more`;
  return named || "none found yet";
}

function count(segments: number): string {
  if (segments === 0) return "";
  return segments === 1 ? "1 segment" : `${segments} segments`;
}

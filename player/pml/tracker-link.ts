import WebSocketTracker from "bittorrent-tracker/websocket-tracker";

/**
 * Whether PML's tracker client has an open socket to this address; `undefined` where it does not tell. It reports
 * errors, but not that a connection was closed, and then waits for up to five minutes before it tries again.
 */
export function isTrackerConnected(url: string): boolean | undefined {
  const pool = WebSocketTracker._socketPool;
  if (!pool) return undefined;
  return pool[url]?.connected ?? false;
}

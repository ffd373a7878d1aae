import type { Clock } from "../clock.js";

/** A server that has not answered by then is not worth waiting for each time. */
const PATIENCE_MS = 800;

/**
 * Finds out whether the ICE servers can be reached from here. PML's connections gather all their candidates before
 * they call a peer, and an unreachable server would hold up each call by five seconds.
 *
 * @param open makes a connection to try them with; it is closed again.
 * @returns the servers, or none where not one has answered in time.
 */
export function reachableIceServers(
  servers: readonly RTCIceServer[],
  open: (configuration: RTCConfiguration) => RTCPeerConnection,
  clock: Clock,
): Promise<readonly RTCIceServer[]> {
  if (servers.length === 0) return Promise.resolve(servers);
  return new Promise((resolve) => {
    let connection: RTCPeerConnection;
    let stopWaiting = () => {};
    const end = (reachable: readonly RTCIceServer[]) => {
      stopWaiting();
      connection.close();
      resolve(reachable);
    };
    try {
      connection = open({ iceServers: [...servers] });
    } catch {
      // A wrong server is PML's to report, once it is used.
      resolve(servers);
      return;
    }
    stopWaiting = clock.after(PATIENCE_MS, () => end([]));
    connection.addEventListener("icecandidate", ({ candidate }) => {
      // Every other type of candidate comes from a server.
      if (candidate && candidate.type !== "host") end(servers);
    });
    connection.addEventListener("icegatheringstatechange", () => {
      // All have answered, or refused, in time: whatever they said, they hold nobody up.
      if (connection.iceGatheringState === "complete") end(servers);
    });
    connection.createDataChannel("");
    connection
      .createOffer()
      .then((offer) => connection.setLocalDescription(offer))
      .catch(() => end(servers));
  });
}

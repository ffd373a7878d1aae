// In bundles this takes the place of bittorrent-tracker's client (scripts/bundle.mjs), so that the player has a say in
// who connects, and in how many do. It is that client in all else.
import Client from "bittorrent-tracker/client";
import { mayMeetAnother, offersWanted } from "../policy/acquaintance.js";
import { gatekeeperOf, type PeerConnection } from "./peer-gate.js";

export default class GatedClient extends Client {
  readonly #peers: Map<string, Set<PeerConnection>>;

  constructor(options: ConstructorParameters<typeof Client>[0]) {
    const peers = new Map<string, Set<PeerConnection>>();
    let others: number | undefined;
    super({ ...options, getAnnounceOpts: () => ({ numwant: offersWanted(peers.size, others) }) });
    this.#peers = peers;
    super.on("update", (answer) => {
      const { complete, incomplete } = answer as { complete: number; incomplete: number };
      // The viewer itself is one of them.
      if (Number.isFinite(complete + incomplete)) others = Math.max(0, complete + incomplete - 1);
    });
  }

  override on(name: string, listener: (...args: unknown[]) => void): this {
    if (name !== "peer") return super.on(name, listener);
    return super.on(name, (given) => {
      const connection = given as PeerConnection;
      if (this.#hasRoomFor(connection) && (gatekeeperOf(this.peerId)?.admit(connection) ?? true)) {
        this.#count(connection);
        listener(connection);
      }
    });
  }

  #hasRoomFor(connection: PeerConnection): boolean {
    if (this.#peers.has(connection.id) || mayMeetAnother(this.#peers.size)) return true;
    connection.destroy();
    return false;
  }

  /** A peer that calls and is called at the same time has two connections for a moment. */
  #count(connection: PeerConnection): void {
    const { id } = connection;
    const connections = this.#peers.get(id) ?? new Set();
    this.#peers.set(id, connections.add(connection));
    connection.on("close", () => {
      connections.delete(connection);
      if (connections.size === 0 && this.#peers.get(id) === connections) this.#peers.delete(id);
    });
  }
}

// In bundles this takes the place of bittorrent-tracker's client (scripts/bundle.mjs), so that the player has a say in
// who connects, and in how many do. It is that client in all else.
import Client from "bittorrent-tracker/client";
import { announceAgainMs, mayMeetAnother, offersWanted } from "../policy/acquaintance.js";
import { gatekeeperOf, type PeerConnection } from "./peer-gate.js";

export default class GatedClient extends Client {
  readonly #peers: Map<string, Set<PeerConnection>>;
  /**
   * Others in the swarm, as the tracker told last, and how many announces it has answered since this viewer came, or
   * since it lost a peer.
   */
  readonly #told: { others?: number; announces: number };
  #again: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ConstructorParameters<typeof Client>[0]) {
    const peers = new Map<string, Set<PeerConnection>>();
    const told: { others?: number; announces: number } = { announces: 0 };
    super({
      ...options,
      getAnnounceOpts: () => ({ numwant: offersWanted(peers.size, told.others, told.announces) }),
    });
    this.#peers = peers;
    this.#told = told;
    super.on("update", (answer) => {
      const { complete, incomplete } = answer as { complete: number; incomplete: number };
      // The viewer itself is one of them.
      if (!Number.isFinite(complete + incomplete)) return;
      told.others = Math.max(0, complete + incomplete - 1);
      told.announces++;
      gatekeeperOf(this.peerId)?.told(told.others);
      this.#announceAgain();
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
      if (connections.size > 0 || this.#peers.get(id) !== connections) return;
      // Those who came since the last announce have called; the tracker has not told of them.
      this.#told.others = Math.max(this.#told.others ?? 0, this.#peers.size);
      this.#peers.delete(id);
      this.#told.announces = 1;
      this.#announceAgain();
    });
  }

  /** Peers that are about to connect are counted when that is due. */
  #announceAgain(): void {
    clearTimeout(this.#again);
    const delayMs = this.#againMs(0);
    if (delayMs === undefined || this.destroyed) return;
    this.#again = setTimeout(() => {
      if (this.#againMs(this.#peers.size) !== undefined) this.update();
    }, delayMs);
  }

  #againMs(peers: number): number | undefined {
    return announceAgainMs(peers, this.#told.others ?? 0, this.#told.announces, Math.random());
  }

  override destroy(done?: () => void): void {
    clearTimeout(this.#again);
    super.destroy(done);
  }
}

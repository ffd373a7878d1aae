// In bundles this takes the place of bittorrent-tracker's client (scripts/bundle.mjs), so that the player has a say in
// who connects. It is that client in all else.
import Client from "bittorrent-tracker/client";
import { gatekeeperOf, type PeerConnection } from "./peer-gate.js";

export default class GatedClient extends Client {
  override on(name: string, listener: (...args: unknown[]) => void): this {
    if (name !== "peer") return super.on(name, listener);
    return super.on(name, (connection) => {
      const isIn = gatekeeperOf(this.peerId)?.admit(connection as PeerConnection) ?? true;
      if (isIn) listener(connection);
    });
  }
}

import { OutstandingOffers } from "./outstanding-offers.js";
import { VirtualSocket } from "./virtual-socket.js";
import type { PeerId } from "./wire/bytes20.js";

/**
 * One peer id in one swarm, held by one WebSocket.
 *
 * bittorrent-tracker's server knows a single peer id per socket and removes only that one when the socket
 * closes. Pages share one WebSocket among swarms and may use another peer id in each: so each of them is a
 * socket of its own to the server.
 */
export class Membership extends VirtualSocket {
  /** The only peer id that is announced here. (`peerId` is a property that the server sets, in hexadecimal.) */
  readonly ownedPeerId: PeerId;
  readonly outstandingOffers = new OutstandingOffers();
  /** When the peer last announced or answered, in milliseconds on the tracker's clock. */
  lastHeardMs: number;

  constructor(options: {
    readonly peerId: PeerId;
    readonly nowMs: number;
    readonly send: (text: string) => void;
  }) {
    super(options.send);
    this.ownedPeerId = options.peerId;
    this.lastHeardMs = options.nowMs;
  }
}

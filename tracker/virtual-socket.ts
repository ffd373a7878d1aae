import { EventEmitter } from "node:events";
import type { ServerSocket } from "bittorrent-tracker/server";

/**
 * What bittorrent-tracker's server gets to see instead of a WebSocket: it hears only messages that were
 * parsed and allowed.
 */
export class VirtualSocket extends EventEmitter implements ServerSocket {
  readonly #send: (text: string) => void;

  constructor(send: (text: string) => void) {
    super();
    this.#send = send;
  }

  /**
   * Takes the server's replies and other peers' offers and answers to the WebSocket. Failures are not
   * reported back: they are followed by the WebSocket's own end, which ends this socket too.
   */
  send(text: string): void {
    this.#send(text);
  }

  /** Hands a message to the server. */
  deliver(text: string): void {
    this.emit("message", text);
  }

  /** Makes the server remove the socket's peer from its swarm. */
  end(): void {
    this.emit("close");
  }
}

// What the tests use of bittorrent-tracker 11's client; the package brings no types.
declare module "bittorrent-tracker" {
  import type { EventEmitter } from "node:events";

  /** A simple-peer connection. */
  export interface ClientPeer extends EventEmitter {
    send(data: string): void;
    destroy(): void;
  }

  export default class Client extends EventEmitter {
    constructor(options: {
      infoHash: Uint8Array;
      peerId: Uint8Array;
      announce: string[];
      port: number;
      rtcConfig?: { iceServers: [] };
      /** Fields to add to each announce. */
      getAnnounceOpts?: () => object;
    });
    start(options?: { numwant?: number }): void;
    update(options?: { numwant?: number }): void;
    stop(): void;
    scrape(): void;
    destroy(done?: () => void): void;
  }
}

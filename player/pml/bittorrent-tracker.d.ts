declare module "bittorrent-tracker/websocket-tracker" {
  const WebSocketTracker: {
    /** Open and opening sockets by announce address, shared by the clients of a page. */
    readonly _socketPool?: { readonly [url: string]: { readonly connected: boolean } | undefined };
  };
  export default WebSocketTracker;
}

declare module "bittorrent-tracker/client" {
  /** Node's event emitter with `peer`, `warning` and `error`. */
  export default class Client {
    constructor(options: {
      readonly infoHash: string;
      readonly peerId: string;
      readonly announce: readonly string[];
      /** Needed outside of browsers, where it means nothing to trackers that are reached by WebSocket. */
      readonly port?: number;
      /** More fields of an announce; asked before each. */
      readonly getAnnounceOpts?: () => { readonly numwant: number };
    });
    /** This client's own id as 40 hexadecimal digits. */
    readonly peerId: string;
    readonly destroyed: boolean;
    on(name: string, listener: (...args: unknown[]) => void): this;
    /** Announces now, as it does by itself at the tracker's interval. */
    update(): void;
    destroy(done?: () => void): void;
  }
}

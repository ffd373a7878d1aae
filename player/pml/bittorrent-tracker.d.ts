declare module "bittorrent-tracker/websocket-tracker" {
  const WebSocketTracker: {
    /** Open and opening sockets by announce address, shared by the clients of a page. */
    readonly _socketPool?: { readonly [url: string]: { readonly connected: boolean } | undefined };
  };
  export default WebSocketTracker;
}

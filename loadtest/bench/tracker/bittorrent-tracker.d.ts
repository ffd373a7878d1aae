// What the bench uses of bittorrent-tracker 11's server; the package brings no types.
declare module "bittorrent-tracker/server" {
  import type { EventEmitter } from "node:events";
  import type { AddressInfo } from "node:net";

  export default class Server extends EventEmitter {
    constructor(options: { interval: number; http: true; udp: false; ws: true; stats: false });
    readonly http: { address(): AddressInfo };
    listen(port: number, host: string): void;
  }
}

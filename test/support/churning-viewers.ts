import { WebSocket } from "ws";
import { announce, answer, id, offer } from "./tracker-messages.js";

/** As long as a browser's. */
const SDP = `v=0\r\n${"a=candidate:1 1 udp 2113937151 192.0.2.1 50000 typ host\r\n".repeat(20)}`;

/** Viewers that come, announce, answer each other and go, some of them without a word; each is followed by another. */
export class ChurningViewers {
  readonly #url: string;
  readonly #meanStayMs: number;
  readonly #announceIntervalMs: number;
  readonly #open = new Set<WebSocket>();
  #timers = new Set<NodeJS.Timeout>();
  #isOver = false;
  arrived = 0;
  /** Connections that could not be made, or that the tracker has ended. */
  lost = 0;

  constructor(options: {
    readonly url: string;
    readonly meanStayMs: number;
    readonly announceIntervalMs: number;
  }) {
    this.#url = options.url;
    this.#meanStayMs = options.meanStayMs;
    this.#announceIntervalMs = options.announceIntervalMs;
  }

  get present(): number {
    return this.#open.size;
  }

  /** @param withinMs over which they arrive. */
  come(count: number, withinMs: number): void {
    for (let index = 0; index < count; index++) this.#after((withinMs * index) / count, () => this.#arrive());
  }

  /** Resolves when all connections are closed. */
  async go(): Promise<void> {
    this.#isOver = true;
    for (const timer of this.#timers) clearTimeout(timer);
    for (const socket of this.#open) socket.terminate();
    while (this.#open.size > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  #arrive(): void {
    const number = this.arrived;
    this.arrived += 1;
    const [swarm, peer] = [id(String.fromCharCode(97 + (number % 26))), `-NC1S-${number}`.padEnd(20, "x")];
    // Each at an address of its own, as a proxy would say.
    const address = `81.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
    const socket = new WebSocket(this.#url, { headers: { "X-Forwarded-For": address } });
    let isLeaving = false;
    const say = (message: object) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
    };
    const keepAnnouncing = () => {
      const offers = Array.from({ length: 5 }, (_, index) => offer(`${peer}${index}`.slice(-20), SDP));
      say(announce(swarm, peer, { numwant: 5, offers }));
      this.#after(this.#announceIntervalMs, () => {
        if (!isLeaving) keepAnnouncing();
      });
    };
    socket.on("error", () => {});
    socket.once("open", () => {
      keepAnnouncing();
      this.#after(-Math.log(1 - Math.random()) * this.#meanStayMs, () => {
        isLeaving = true;
        if (number % 2 === 0) say(announce(swarm, peer, { event: "stopped" }));
        if (number % 3 === 0) socket.terminate();
        else socket.close();
      });
    });
    socket.on("message", (data) => {
      const { offer: offered, peer_id, offer_id } = JSON.parse(data.toString());
      if (offered !== undefined) say(answer(swarm, peer, peer_id, offer_id));
    });
    socket.once("close", () => {
      this.#open.delete(socket);
      if (!isLeaving && !this.#isOver) this.lost += 1;
      if (!this.#isOver) this.#after(0, () => this.#arrive());
    });
    this.#open.add(socket);
  }

  #after(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    this.#timers.add(timer);
  }
}

import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { joinUrl, parseJoin, parseStreamName } from "../../player/protocol/index.js";
import { announce, answer, offer } from "./tracker-messages.js";
import type { Received } from "./tracker-raw-client.js";

/** A connection that the tracker has closed. */
export interface Goodbye {
  readonly port: number;
  readonly code: number;
}

/** Joins at any of several trackers, announces where it is told, and joins anew when its connection ends. */
export class RejoiningViewer {
  /** As the last reply has counted them; nothing while it is in no swarm. */
  peersSeen: number | undefined;
  answersHeard = 0;
  readonly goodbyes: Goodbye[] = [];
  readonly #bases: () => readonly string[];
  readonly #stream: string;
  readonly #infoHash: string;
  readonly #peerId: string;
  #isOver = false;
  #socket: WebSocket | undefined;
  readonly #ended: Promise<void>;

  /** @param options.bases trackers to ask; those that do not answer are passed over. */
  constructor(options: {
    readonly bases: () => readonly string[];
    readonly stream: string;
    readonly infoHash: string;
    readonly peerId: string;
  }) {
    this.#bases = options.bases;
    this.#stream = options.stream;
    this.#infoHash = options.infoHash;
    this.#peerId = options.peerId;
    this.#ended = this.#run();
  }

  async leave(): Promise<void> {
    this.#isOver = true;
    this.#socket?.terminate();
    await this.#ended;
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      for (const url of await this.#join()) {
        if (await this.#stayAt(url)) break;
      }
      await sleep(Math.random() * 200);
    }
  }

  async #join(): Promise<readonly string[]> {
    const bases = [...this.#bases()].sort(() => Math.random() - 0.5);
    const [stream, session] = [parseStreamName(this.#stream), this.#peerId];
    for (const base of bases) {
      try {
        const response = await fetch(joinUrl(base, { stream, session }));
        return parseJoin(await response.json(), response.url).announce;
      } catch {
        // This one is away.
      }
    }
    return [];
  }

  /** @returns whether it was let in; resolves when the connection has ended. */
  async #stayAt(url: string): Promise<boolean> {
    const socket = new WebSocket(url);
    this.#socket = socket;
    let isIn = false;
    let number = 0;
    const say = (message: object) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
    };
    const keepAnnouncing = () => {
      number += 1;
      const offers = [offer(`${number}-${this.#peerId}`.slice(0, 20))];
      say(announce(this.#infoHash, this.#peerId, { offers }));
    };
    const timer = setInterval(keepAnnouncing, 400);
    socket.on("error", () => {});
    socket.once("open", () => {
      isIn = true;
      keepAnnouncing();
    });
    socket.on("message", (data) => {
      const {
        incomplete,
        offer: offered,
        answer: answered,
        peer_id = "",
        offer_id = "",
      }: Received = JSON.parse(data.toString());
      if (incomplete !== undefined) this.peersSeen = incomplete;
      if (answered !== undefined) this.answersHeard += 1;
      if (offered !== undefined) say(answer(this.#infoHash, this.#peerId, peer_id, offer_id));
    });
    const code = await new Promise<number>((resolve) => socket.once("close", resolve));
    clearInterval(timer);
    this.peersSeen = undefined;
    if (isIn && !this.#isOver) this.goodbyes.push({ port: Number(new URL(url).port), code });
    return isIn;
  }
}

import type { Resident } from "./nearness/resident.js";
import { OutstandingOffers } from "./outstanding-offers.js";
import type { Visitor } from "./visitor.js";
import type { InfoHash, PeerId } from "./wire/bytes20.js";

/** One peer id in one swarm, held by one connection. */
export class Member {
  readonly outstandingOffers = new OutstandingOffers();
  /** Its place in the swarm; absent before it has joined and after it has left. */
  resident: Resident<Member> | undefined;
  /** Whether it has all of the content. */
  isComplete = false;
  /** When the peer last announced or answered, in milliseconds on the tracker's clock. */
  lastHeardMs: number;
  readonly infoHash: InfoHash;
  readonly peerId: PeerId;
  readonly visitor: Visitor;
  /** Takes a message to the peer. */
  readonly send: (text: string) => void;
  readonly #onReplaced: () => void;

  constructor(options: {
    readonly infoHash: InfoHash;
    readonly peerId: PeerId;
    readonly visitor: Visitor;
    readonly nowMs: number;
    readonly send: (text: string) => void;
    /** Called when another connection of the same viewer has taken the peer over. */
    readonly onReplaced: () => void;
  }) {
    this.infoHash = options.infoHash;
    this.peerId = options.peerId;
    this.visitor = options.visitor;
    this.lastHeardMs = options.nowMs;
    this.send = options.send;
    this.#onReplaced = options.onReplaced;
  }

  replaced(): void {
    this.#onReplaced();
  }
}

import type { Resident } from "./nearness/resident.js";
import { OutstandingOffers } from "./outstanding-offers.js";
import type { SwarmKey } from "./swarm-server.js";
import type { Visitor } from "./visitor.js";
import type { InfoHash, PeerId } from "./wire/bytes20.js";

/** Speaks for members and is spoken to: one of our connections, or another node. */
export interface MemberHolder {
  /** Takes a message to the member. */
  send(text: string, member: Member): void;
  /** Another connection of the same viewer has taken the member over. */
  replaced(member: Member): void;
}

/** One peer id in one swarm, held by one connection. */
export class Member {
  /** Made when there is one: most viewers have none most of the time. */
  #outstandingOffers: OutstandingOffers | undefined;
  /** Its place in the swarm; absent before it has joined and after it has left. */
  resident: Resident<Member> | undefined;
  /** Whether it has all of the content. */
  isComplete = false;
  /** When the peer last announced or answered, in milliseconds on the tracker's clock. */
  lastHeardMs: number;
  /** Limits how often it announces, see `takeToken`; where its connection is at another node, that one sees to it. */
  announcesFullAtMs = 0;
  readonly key: SwarmKey;
  readonly infoHash: InfoHash;
  readonly peerId: PeerId;
  readonly visitor: Visitor;
  readonly #holder: MemberHolder;

  constructor(options: {
    readonly key: SwarmKey;
    readonly infoHash: InfoHash;
    readonly peerId: PeerId;
    readonly visitor: Visitor;
    readonly nowMs: number;
    readonly holder: MemberHolder;
  }) {
    this.key = options.key;
    this.infoHash = options.infoHash;
    this.peerId = options.peerId;
    this.visitor = options.visitor;
    this.lastHeardMs = options.nowMs;
    this.#holder = options.holder;
  }

  get outstandingOffers(): OutstandingOffers {
    this.#outstandingOffers ??= new OutstandingOffers();
    return this.#outstandingOffers;
  }

  send(text: string): void {
    this.#holder.send(text, this);
  }

  replaced(): void {
    this.#holder.replaced(this);
  }
}

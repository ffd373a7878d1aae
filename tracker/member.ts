import type { Resident } from "./nearness/resident.js";
import type { Peer, RelayedAnswer, RelayedOffer } from "./peer.js";
import type { SwarmKey } from "./swarm-server.js";
import type { Visitor } from "./visitor.js";
import type { InfoHash, PeerId } from "./wire/bytes20.js";

export interface MemberOptions {
  readonly key: SwarmKey;
  readonly infoHash: InfoHash;
  readonly peerId: PeerId;
  readonly visitor: Visitor;
  readonly nowMs: number;
}

/** One peer id in one swarm. */
export abstract class Member implements Peer {
  /** Its place in the swarm; absent before it has joined and after it has left. */
  resident: Resident<Member> | undefined;
  /** Whether it has all of the content. */
  isComplete = false;
  /** When the peer last announced or answered, in milliseconds on the tracker's clock; elsewhere answers are not heard. */
  lastHeardMs: number;
  readonly key: SwarmKey;
  readonly infoHash: InfoHash;
  readonly peerId: PeerId;
  readonly visitor: Visitor;

  constructor(options: MemberOptions) {
    this.key = options.key;
    this.infoHash = options.infoHash;
    this.peerId = options.peerId;
    this.visitor = options.visitor;
    this.lastHeardMs = options.nowMs;
  }

  abstract readonly node: string | undefined;
  abstract offer(offer: RelayedOffer, nowMs: number): void;
  abstract answer(answer: RelayedAnswer): void;
  /** Another connection of the same viewer has taken it over. */
  abstract replaced(): void;
}

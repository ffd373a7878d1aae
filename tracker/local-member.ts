import { Member, type MemberOptions } from "./member.js";
import { OutstandingOffers } from "./outstanding-offers.js";
import type { RelayedAnswer, RelayedOffer } from "./peer.js";
import { encodeAnswer, encodeOffer } from "./wire/replies.js";

/** The connection that speaks for a member and is spoken to. */
export interface MemberHolder {
  /** Takes a message to the member. */
  send(text: string): void;
  /** Another connection of the same viewer has taken the member over. */
  replaced(member: LocalMember): void;
}

/** A member whose socket is at this tracker. */
export class LocalMember extends Member {
  /** Made when there is one: most viewers have none most of the time. */
  #outstandingOffers: OutstandingOffers | undefined;
  /** Limits how often it announces, see `takeToken`. */
  announcesFullAtMs = 0;
  readonly #holder: MemberHolder;

  constructor(options: MemberOptions & { readonly holder: MemberHolder }) {
    super(options);
    this.#holder = options.holder;
  }

  get node(): undefined {
    return undefined;
  }

  get outstandingOffers(): OutstandingOffers {
    this.#outstandingOffers ??= new OutstandingOffers();
    return this.#outstandingOffers;
  }

  send(text: string): void {
    this.#holder.send(text);
  }

  offer(offer: RelayedOffer, nowMs: number): void {
    this.outstandingOffers.add(offer, nowMs);
    this.send(encodeOffer(this.infoHash, offer.from, offer.offerId, offer.sdp));
  }

  answer({ from, offerId, sdp }: RelayedAnswer): void {
    this.send(encodeAnswer(this.infoHash, from, offerId, sdp));
  }

  replaced(): void {
    this.#holder.replaced(this);
  }
}

import type { Policies } from "./policy/policies.js";
import type { Quarantine } from "./reports/quarantine.js";
import type { Visitor } from "./visitor.js";
import type { PeerId } from "./wire/bytes20.js";

/** What a peer may do: share, only download, or nothing. */
export type Standing = "p2p" | "leech" | "off";

/** Decides what peers may do: by the policies for where they are, and by what others have found out about them. */
export class Rules {
  readonly #policies: Policies;
  readonly #quarantine: Quarantine;
  readonly #now: () => number;

  constructor(options: {
    readonly policies: Policies;
    readonly quarantine: Quarantine;
    readonly now: () => number;
  }) {
    this.#policies = options.policies;
    this.#quarantine = options.quarantine;
    this.#now = options.now;
  }

  /** Asked for each candidate of an introduction: what policies say is looked up again only after they have changed. */
  standingOf(visitor: Visitor, peerId: PeerId): Standing {
    const { standing } = visitor;
    if (standing.revision !== this.#policies.revision) {
      standing.revision = this.#policies.revision;
      standing.value = this.#policies.standingOf(visitor.stream, visitor.place);
    }
    return this.#quarantine.isQuarantined(visitor.stream, peerId, this.#now()) ? "off" : standing.value;
  }
}

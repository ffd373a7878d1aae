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
    const { session, stream } = visitor;
    if (visitor.standingRevision !== this.#policies.revision) {
      visitor.standingRevision = this.#policies.revision;
      visitor.standing = this.#policies.standingOf(stream, visitor.place);
    }
    if (this.#quarantine.isEmpty) return visitor.standing;
    const nowMs = this.#now();
    const isOut =
      this.#quarantine.isQuarantined(stream, peerId, nowMs) ||
      this.#quarantine.isSessionQuarantined(stream, session, nowMs);
    return isOut ? "off" : visitor.standing;
  }
}

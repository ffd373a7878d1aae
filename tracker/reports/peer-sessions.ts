import type { StreamName } from "../../player/protocol/index.js";

/** Peers that are remembered, those that have left included; with more, the oldest are forgotten. */
const MAX_PEERS = 100_000;

/** Whose session, by its access token, a peer id was announced with last. Outlives the peer: polluters may leave early. */
export class PeerSessions {
  readonly #sessions = new Map<string, string>();

  note(stream: StreamName | undefined, peerId: string, session: string | undefined): void {
    if (stream === undefined || session === undefined) return;
    const key = `${stream}/${peerId}`;
    // The latest come last.
    this.#sessions.delete(key);
    this.#sessions.set(key, session);
    for (const oldest of this.#sessions.keys()) {
      if (this.#sessions.size <= MAX_PEERS) break;
      this.#sessions.delete(oldest);
    }
  }

  sessionOf(stream: StreamName, peerId: string): string | undefined {
    return this.#sessions.get(`${stream}/${peerId}`);
  }
}

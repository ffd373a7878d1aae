/** A connection as bittorrent-tracker's client hands it over (simple-peer). */
export interface PeerConnection {
  /** The peer's id as 40 hexadecimal digits. */
  readonly id: string;
  /** Set by PML on the first connection to a peer only, whose bytes alone are then counted as that peer's. */
  idUtf8?: string;
  /** Bytes that were handed over and have not left. */
  readonly bufferSize: number;
  on(name: "data", listener: (data: Uint8Array) => void): unknown;
  on(name: "connect" | "close", listener: () => void): unknown;
  destroy(): void;
}

export interface GatekeeperOptions {
  /** Whether a peer may not connect at the moment. */
  readonly isBanned: (peerId: string) => boolean;
  readonly onRefused: (peerId: string) => void;
  /** It has sent more commands within a second than any honest peer. */
  readonly onFlood: (peerId: string) => void;
  /** The tracker has told who is there; see {@link Gatekeeper.isAlone}. */
  readonly onTold: () => void;
  readonly now: () => number;
}

/** An announcement for each segment that comes, a request for each that is wanted, and the answers. */
const MOST_COMMANDS_PER_S = 200;
/** How PML's commands begin, in whole or in the first of several messages. */
const COMMAND = new TextEncoder().encode("cstr");

const gatekeepers = new Map<string, Gatekeeper>();

/** Who stands at the door of the player that is known by this id; `undefined` where nobody does. */
export function gatekeeperOf(ownPeerIdHex: string): Gatekeeper | undefined {
  return gatekeepers.get(textOf(ownPeerIdHex));
}

/**
 * Keeps peers out, and throws them out, which PML has no call for. It sees connections where bundles give PML the
 * client in `tracker-client.ts`; elsewhere it stands idle, and what such peers send is refused when it has come.
 */
export class Gatekeeper {
  readonly #options: GatekeeperOptions;
  readonly #connections = new Map<string, Set<PeerConnection>>();
  readonly #ownIds = new Set<string>();
  #others: number | undefined;

  constructor(options: GatekeeperOptions) {
    this.#options = options;
  }

  /** The player is known by this id, too. */
  guard(ownPeerId: string): void {
    this.#ownIds.add(ownPeerId);
    gatekeepers.set(ownPeerId, this);
  }

  /** Trackers have told that nobody else is in any of the player's swarms. */
  get isAlone(): boolean {
    return this.#others === 0;
  }

  /** A tracker counts so many others in one of the swarms. */
  told(others: number): void {
    this.#others = Math.max(this.#others ?? 0, others);
    this.#options.onTold();
  }

  /** @returns false where the connection has been closed. */
  admit(connection: PeerConnection): boolean {
    const peerId = textOf(connection.id);
    if (this.#options.isBanned(peerId)) {
      connection.destroy();
      this.#options.onRefused(peerId);
      return false;
    }
    connection.idUtf8 = peerId;
    const connections = this.#connections.get(peerId) ?? new Set();
    this.#connections.set(peerId, connections.add(connection));
    connection.on("close", () => {
      connections.delete(connection);
      if (connections.size === 0 && this.#connections.get(peerId) === connections) {
        this.#connections.delete(peerId);
      }
    });
    // Data would be lost if it began to flow before PML listens, which it does from this event on.
    connection.on("connect", () => this.#watch(connection, peerId));
    return true;
  }

  /** Closes all connections to a peer. */
  drop(peerId: string): void {
    for (const connection of [...(this.#connections.get(peerId) ?? [])]) connection.destroy();
  }

  /** Bytes that wait to leave for a peer. */
  bufferedTo(peerId: string): number {
    let bytes = 0;
    for (const { bufferSize } of this.#connections.get(peerId) ?? []) bytes += bufferSize;
    return bytes;
  }

  close(): void {
    for (const id of this.#ownIds) if (gatekeepers.get(id) === this) gatekeepers.delete(id);
    this.#ownIds.clear();
    this.#connections.clear();
  }

  #watch(connection: PeerConnection, peerId: string): void {
    const { now, onFlood } = this.#options;
    let sinceMs = now();
    let commands = 0;
    connection.on("data", (data) => {
      if (!COMMAND.every((byte, index) => data[index] === byte)) return;
      const nowMs = now();
      if (nowMs - sinceMs >= 1_000) {
        sinceMs = nowMs;
        commands = 0;
      }
      if (++commands === MOST_COMMANDS_PER_S) onFlood(peerId);
    });
  }
}

/** As PML reads it, whose events name peers so. */
function textOf(hex: string): string {
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
  return new TextDecoder().decode(bytes);
}

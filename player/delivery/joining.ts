import type { Clock } from "../clock.js";

export interface JoiningOptions {
  readonly clock: Clock;
  readonly iceServers: () => readonly RTCIceServer[];
  /** Tells which of them are worth using; asked once. */
  readonly reachableIceServers: (servers: readonly RTCIceServer[]) => Promise<readonly RTCIceServer[]>;
  /** Whether the downlink can spare what connecting takes of it, or has been given the time to tell. */
  readonly canSpare: (waitedMs: number) => boolean;
  readonly onJoined: () => void;
}

/**
 * Connecting to peers costs a small device as much as the first picture does, so it waits for that, but not for one that
 * does not come.
 */
export const JOIN_AT_LATEST_MS = 2_000;

/** When a viewer sets out to meet its peers, and through which servers. */
export class Joining {
  readonly #options: JoiningOptions;
  #state: { at: "idle" | "prepared" | "joining" | "closed" } | { at: "due" | "joined"; sinceMs: number } = {
    at: "idle",
  };
  #areServersReachable = true;
  #iceServersTried: Promise<void> = Promise.resolve();
  #cancelTimer = () => {};

  constructor(options: JoiningOptions) {
    this.#options = options;
  }

  /** `undefined` until it is time to connect. */
  get joinedAtMs(): number | undefined {
    return this.#state.at === "joined" ? this.#state.sinceMs : undefined;
  }

  /** Those that were found to answer. */
  get iceServers(): readonly RTCIceServer[] {
    return this.#areServersReachable ? this.#options.iceServers() : [];
  }

  /** The first segment is wanted. */
  prepare(): void {
    if (this.#state.at !== "idle") return;
    const { clock, iceServers, reachableIceServers } = this.#options;
    this.#state = { at: "prepared" };
    this.#iceServersTried = reachableIceServers(iceServers()).then((servers) => {
      this.#areServersReachable = servers.length > 0;
    });
    this.#cancelTimer = clock.after(JOIN_AT_LATEST_MS, () => this.go());
  }

  /** The first picture is there. */
  go(): void {
    if (this.#state.at !== "prepared") return;
    this.#cancelTimer();
    this.#state = { at: "due", sinceMs: this.#options.clock.now() };
    this.look();
  }

  /** To be called as the downlink and the buffer change. */
  look(): void {
    const { clock, canSpare } = this.#options;
    if (this.#state.at !== "due" || !canSpare(clock.now() - this.#state.sinceMs)) return;
    this.#state = { at: "joining" };
    void this.#iceServersTried.then(() => {
      if (this.#state.at !== "joining") return;
      this.#state = { at: "joined", sinceMs: this.#options.clock.now() };
      this.#options.onJoined();
    });
  }

  /** Peers are not to be met any more, until the next {@link prepare}. */
  stop(): void {
    this.#cancelTimer();
    if (this.#state.at !== "closed") this.#state = { at: "idle" };
  }

  close(): void {
    this.#cancelTimer();
    this.#state = { at: "closed" };
  }
}

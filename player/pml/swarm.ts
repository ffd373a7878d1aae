import type { Clock } from "../clock.js";
import type { Segment, Track } from "../delivery/segment.js";
import type { Gatekeeper } from "./peer-gate.js";
import { SwarmCore, type SwarmCoreOptions } from "./swarm-core.js";

export type SwarmOptions = Omit<SwarmCoreOptions, "peerId" | "rtcConfig" | "mayUpload" | "trackers"> & {
  /** Asked each time the swarm is joined. */
  readonly trackers: () => readonly string[];
  /** Asked each time the swarm is joined. */
  readonly mayUpload: () => boolean;
  /** Keeps out whom this player has no use for. */
  readonly gatekeeper: Gatekeeper;
  /** Asked each time the swarm is joined. */
  readonly rtcConfig: () => RTCConfiguration;
  /** The peer id for the first time that a swarm is joined (0), for the second, and so on; one for all tracks. */
  readonly peerIdOf: (join: number) => string;
  readonly clock: Clock;
  /** Returns numbers in [0, 1). */
  readonly random: () => number;
};

const WATCH_EVERY_MS = 1_000;
/** A first connection may take this long before it counts as failed. */
const FIRST_CONNECTION_MS = 5_000;
const RETRY_MS = { first: 1_000, longest: 30_000 };
/** After a return to the tracker, peers of before are kept until those of now have had time to connect. */
const HANDOVER_MS = 5_000;

/**
 * One track's swarm, for as long as the track is played. When the tracker comes back after a loss, this joins again
 * under a new peer id, and lets go of the connections of before once there are new ones.
 */
export class Swarm {
  readonly #options: SwarmOptions;
  /** The newest is last; older ones have peers from before the tracker was lost. */
  #cores: SwarmCore[] = [];
  #segments: readonly Segment[] = [];
  #followed: Segment | undefined;
  #active: SwarmCore | undefined;
  #simultaneous = Number.POSITIVE_INFINITY;
  #connectedSinceMs: number | undefined;
  #retryAtMs: number;
  #joins = 0;
  #coresMade = 0;
  #retries = 0;
  #stopWatching: (() => void) | undefined;
  #isClosed = false;

  constructor(options: SwarmOptions) {
    this.#options = options;
    this.#retryAtMs = options.clock.now() + FIRST_CONNECTION_MS;
  }

  get track(): Track {
    return this.#options.track;
  }

  /** The id under which peers know this viewer now. */
  get peerId(): string {
    return this.#cores.at(-1)?.peerId ?? "";
  }

  /** Makes exactly these segments known; peers can only ask for known ones. */
  setSegments(segments: readonly Segment[]): void {
    this.#segments = segments;
    for (const core of this.#cores) core.setSegments(segments);
  }

  /** Asks peers for this segment, and for those after it within the window. The first call joins the swarm. */
  follow(segment: Segment): void {
    if (this.#isClosed) return;
    this.#followed = segment;
    this.resume();
    this.#active = this.#choose();
    this.#active?.follow(segment);
    // One that is not active yet has to join its swarm all the same.
    const newest = this.#cores.at(-1);
    if (newest !== this.#active) newest?.follow(segment);
  }

  /** The segment came from elsewhere or is not wanted any more. */
  release(segment: Segment): void {
    for (const core of this.#cores) core.release(segment);
  }

  setPlayback(positionS: number, rate: number): void {
    for (const core of this.#cores) core.setPlayback(positionS, rate);
  }

  /** How many segments peers may send at a time. */
  setSimultaneous(transfers: number): void {
    this.#simultaneous = transfers;
    for (const core of this.#cores) core.setSimultaneous(transfers);
  }

  /** Tells the peers what is stored now. */
  announce(): void {
    for (const core of this.#cores) core.announce();
  }

  /** False where it is known that no tracker can be reached at the moment. */
  get isTrackerConnected(): boolean {
    return this.#cores.at(-1)?.isTrackerConnected ?? false;
  }

  /** Closes all connections, so that peers know at once, until {@link resume}. */
  suspend(): void {
    this.#stopWatching?.();
    this.#stopWatching = undefined;
    for (const core of this.#cores.splice(0)) core.close();
  }

  resume(): void {
    if (this.#stopWatching || this.#isClosed || !this.#followed) return;
    this.#join();
    this.#watch();
  }

  /** Joins anew under another peer id, which tells what this viewer is ready to do now. */
  rejoin(): void {
    const wasJoined = this.#stopWatching !== undefined;
    this.suspend();
    this.#joins = 0;
    if (wasJoined) this.resume();
  }

  close(): void {
    this.#isClosed = true;
    this.suspend();
  }

  #choose(): SwarmCore | undefined {
    const newest = this.#cores.at(-1);
    if (newest && newest.peers.size > 0) return newest;
    return this.#cores.findLast((core) => core.peers.size > 0) ?? newest;
  }

  #join(): void {
    const { peerIdOf, rtcConfig, mayUpload, trackers, gatekeeper, ...others } = this.#options;
    const { clock: _clock, random: _random, ...options } = others;
    const peerId = peerIdOf(this.#joins++);
    gatekeeper.guard(peerId);
    const core = new SwarmCore({
      ...options,
      rtcConfig: rtcConfig(),
      trackers: trackers(),
      mayUpload: mayUpload(),
      session: `${options.session}.${this.#coresMade++}`,
      peerId,
    });
    core.setSegments(this.#segments);
    core.setSimultaneous(this.#simultaneous);
    this.#cores.push(core);
    if (this.#followed) core.follow(this.#followed);
  }

  #watch(): void {
    const { clock } = this.#options;
    this.#stopWatching = clock.after(WATCH_EVERY_MS, () => {
      this.#look(clock.now());
      this.#watch();
    });
  }

  #look(nowMs: number): void {
    if (this.#cores.at(-1)?.isTrackerConnected) {
      this.#connectedSinceMs ??= nowMs;
      this.#retries = 0;
      this.#retryAtMs = nowMs;
      if (nowMs - this.#connectedSinceMs >= HANDOVER_MS) this.#closeOlder(() => true);
      this.#rejoinIfDeserted();
      return;
    }
    this.#connectedSinceMs = undefined;
    if (nowMs < this.#retryAtMs) return;
    this.#options.listener.trackerFailed(new Error("no tracker is connected"));
    const pauseMs = Math.min(RETRY_MS.longest, RETRY_MS.first * 2 ** this.#retries++);
    this.#retryAtMs = nowMs + pauseMs * (0.5 + this.#options.random());
    this.#closeNewestIfAlone();
    this.#closeOlder((core) => core.peers.size === 0);
    this.#join();
  }

  /**
   * Two peers that call each other in the same instant may each keep the connection that the other one closes, and
   * would then wait for the next announce.
   */
  #rejoinIfDeserted(): void {
    if (this.#cores.length > 1 || !this.#cores[0]?.isDeserted) return;
    this.#closeNewestIfAlone();
    this.#join();
  }

  #closeNewestIfAlone(): void {
    if (this.#cores.at(-1)?.peers.size === 0) this.#cores.pop()?.close();
  }

  #closeOlder(isDue: (core: SwarmCore) => boolean): void {
    const newest = this.#cores.at(-1);
    for (const core of [...this.#cores]) {
      if (core === newest || !isDue(core)) continue;
      this.#cores.splice(this.#cores.indexOf(core), 1);
      core.close();
    }
  }
}

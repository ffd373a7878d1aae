import type { Rejection } from "../../player/delivery/arrival.js";
import { Intake } from "../../player/delivery/intake.js";
import type { OriginFailure, OriginFetchListener } from "../../player/delivery/origin-fetch.js";
import { PeerStandings } from "../../player/delivery/peer-standings.js";
import type { Segment } from "../../player/delivery/segment.js";
import type { SegmentReceiver, Source } from "../../player/delivery/segment-record.js";
import { SegmentStore } from "../../player/delivery/segment-store.js";
import {
  TrackDelivery,
  type TrackDeliveryOptions,
  type TrackSwarm,
} from "../../player/delivery/track-delivery.js";
import { seedingRank } from "../../player/policy/election.js";
import { type OriginTime, UNKNOWN_ORIGIN } from "../../player/policy/origin-time.js";
import { createPeerId } from "../../player/protocol/index.js";
import { ManualClock } from "./manual-clock.js";
import { mainTrack, programmeSegments } from "./programme-segments.js";

export const SEGMENT_BYTES = 1_000;
/** Deadlines are looked at this often at least, as the delivery does. */
const LONGEST_SLEEP_MS = 500;

/** A fetch from the origin that ends when the test says so. */
export interface HeldFetch {
  readonly number: number;
  readonly startedAtMs: number;
  readonly state: "running" | "aborted" | "done" | "failed";
  done(data?: ArrayBuffer): void;
  fail(failure?: Partial<OriginFailure>): void;
}

/** What a player has asked for, and got. */
export interface Wish {
  readonly receiver: SegmentReceiver;
  readonly answers: ({ data: ArrayBuffer; source: Source } | OriginFailure)[];
}

export type RoomOptions = Partial<
  Pick<TrackDeliveryOptions, "isLive" | "targetDurationS" | "windowS" | "mayShare" | "check" | "verifyOrigin">
> & {
  readonly maySeed?: boolean;
  readonly playlist?: readonly Segment[];
  readonly memoryLimitBytes?: number;
  readonly originTime?: OriginTime;
  /** How long ago this viewer has joined. */
  readonly joinedAgoMs?: number;
};

export function bytesOf(number: number, length = SEGMENT_BYTES): ArrayBuffer {
  return new Uint8Array(length).fill(number).buffer;
}

/** One track's delivery with a clock, an origin, a swarm and a player that do what the test says. */
export class TrackRoom {
  readonly clock = new ManualClock();
  readonly store: SegmentStore;
  readonly track: TrackDelivery;
  readonly self = newPeerId("seed", 0);
  readonly fetches: HeldFetch[] = [];
  readonly arrived: { number: number; source: Source; peerId: string | undefined; bytes: number }[] = [];
  /** Calls to the swarm, as `name number` or `name`. */
  readonly swarmCalls: string[] = [];
  /** The numbers that peers can ask for. */
  known: number[] = [];
  /** Of peers. */
  lostBytes = 0;
  lostOriginBytes = 0;
  readonly rejections: Rejection[] = [];
  /** How many transfers the swarm was told to let in at a time. */
  simultaneous = Number.POSITIVE_INFINITY;
  downlink = { bytesPerMs: 0, mediaBytesPerMs: 0 };
  readonly dropped: string[] = [];
  playhead = { positionS: 0, rate: 1, bufferedToS: 0 };
  isAlone = false;
  #cancelLook = () => {};

  constructor(options: RoomOptions = {}) {
    const {
      playlist = programmeSegments(0, 9),
      memoryLimitBytes = 1_000_000,
      joinedAgoMs = 60_000,
    } = options;
    const joinedAtMs = this.clock.now() - joinedAgoMs;
    this.store = new SegmentStore(memoryLimitBytes);
    this.track = new TrackDelivery({
      track: mainTrack,
      peerId: () => this.self,
      maySeed: () => options.maySeed ?? true,
      standings: new PeerStandings(
        () => this.clock.now(),
        (peerId) => this.dropped.push(peerId),
      ),
      isLive: options.isLive ?? true,
      targetDurationS: options.targetDurationS ?? 2,
      windowS: options.windowS ?? 30,
      joinedAtMs: () => joinedAtMs,
      isAlone: () => this.isAlone,
      store: this.store,
      intake: new Intake(() => this.downlink),
      clock: this.clock,
      startFetch: (segment, listener) => this.#startFetch(segment, listener),
      originTime: () => options.originTime ?? UNKNOWN_ORIGIN,
      playhead: () => this.playhead,
      mayShare: options.mayShare ?? (() => true),
      check: options.check ?? (() => "unverified"),
      verifyOrigin: options.verifyOrigin ?? false,
      onArrived: ({ segment, data, source, peerId }) => {
        this.arrived.push({ number: segment.number, source, peerId, bytes: data.byteLength });
        this.store.put(segment, data, this.playhead.positionS);
      },
      onLost: (source, bytes) => {
        if (source === "peer") this.lostBytes += bytes;
        else this.lostOriginBytes += bytes;
      },
      onRejected: (rejection) => this.rejections.push(rejection),
      onFetched: () => {},
      onChange: () => this.#lookIn(0),
    });
    this.track.setSegments(playlist);
    this.track.setSwarm(this.#swarm());
  }

  /** Those that run. */
  get running(): number[] {
    return this.fetches.filter(({ state }) => state === "running").map(({ number }) => number);
  }

  fetchOf(number: number): HeldFetch {
    const fetch = this.fetches.findLast((held) => held.number === number);
    if (!fetch)
      throw new Error(`Segment ${number} is not fetched; these are: ${this.fetches.map((f) => f.number)}`);
    return fetch;
  }

  segment(number: number): Segment {
    const segment = this.track.segments.find((known) => known.number === number);
    if (!segment) throw new Error(`The playlist has no segment ${number}.`);
    return segment;
  }

  request(number: number): Wish {
    const answers: Wish["answers"] = [];
    const receiver: SegmentReceiver = {
      delivered: (data, source) => answers.push({ data, source }),
      failed: (failure) => answers.push(failure),
    };
    this.track.request(this.segment(number), receiver);
    this.look();
    return { receiver, answers };
  }

  setPlaylist(segments: readonly Segment[]): void {
    this.track.setSegments(segments);
    this.#lookIn(0);
  }

  /** Looks at the deadlines now; from then on the room does so by itself. */
  look(): void {
    const nowMs = this.clock.now();
    const untilMs = Math.min(this.track.evaluate(nowMs), nowMs + LONGEST_SLEEP_MS);
    this.#lookIn(untilMs - nowMs);
  }

  /** Time passes, and playback with it. */
  play(ms: number): void {
    const stepMs = 100;
    for (let rest = ms; rest > 0; rest -= stepMs) {
      const passedMs = Math.min(stepMs, rest);
      this.clock.advance(passedMs);
      this.playhead.positionS += (passedMs / 1000) * this.playhead.rate;
    }
  }

  /** A peer sends a whole segment, or the rest of it. */
  deliver(number: number, peerId: string, bytes = SEGMENT_BYTES, data = bytesOf(number)): void {
    this.track.transferMoved(peerId, bytes);
    this.track.received(number, data);
    this.track.transferEnded(peerId);
  }

  #lookIn(ms: number): void {
    this.#cancelLook();
    this.#cancelLook = this.clock.after(ms, () => this.look());
  }

  #startFetch(segment: Segment, listener: OriginFetchListener) {
    const startedAtMs = this.clock.now();
    const held = {
      number: segment.number,
      startedAtMs,
      state: "running" as HeldFetch["state"],
      done: (data = bytesOf(segment.number)) => {
        if (held.state !== "running") throw new Error(`The fetch of ${segment.number} is ${held.state}.`);
        held.state = "done";
        listener.done(data, { durationMs: this.clock.now() - startedAtMs, firstByteMs: 0 });
      },
      fail: (failure: Partial<OriginFailure> = {}) => {
        if (held.state !== "running") throw new Error(`The fetch of ${segment.number} is ${held.state}.`);
        held.state = "failed";
        listener.failed({ code: 503, text: "Service Unavailable", isTimeout: false, ...failure });
      },
    };
    this.fetches.push(held);
    return {
      progress: () => ({ startedAtMs, firstByteAtMs: 0, loadedBytes: 0, totalBytes: 0 }),
      abort: () => {
        held.state = "aborted";
      },
    };
  }

  #swarm(): TrackSwarm {
    return {
      setSegments: (segments) => {
        this.known = segments.map(({ number }) => number);
      },
      release: ({ number }) => this.swarmCalls.push(`release ${number}`),
      announce: () => this.swarmCalls.push("announce"),
      setSimultaneous: (transfers) => {
        this.simultaneous = transfers;
      },
    };
  }
}

/** A peer id, the same for the same index in every run. */
export function newPeerId(capability: "seed" | "leech", index: number): string {
  let state = index + 1;
  return createPeerId(capability, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  });
}

/** A seeding peer that is elected before (or after) this viewer for all of these segments. */
export function rival(
  room: TrackRoom,
  numbers: readonly number[],
  place: "before" | "after",
  skip = 0,
): string {
  const rank = place === "before" ? 1 : 0;
  let left = skip;
  for (let index = 1; index < 200_000; index++) {
    const id = newPeerId("seed", index);
    const isRival = numbers.every(
      (number) => seedingRank(`${mainTrack.fingerprint}/${number}`, room.self, [id]) === rank,
    );
    if (isRival && left-- === 0) return id;
  }
  throw new Error(`No peer is elected ${place} this viewer for ${numbers}.`);
}

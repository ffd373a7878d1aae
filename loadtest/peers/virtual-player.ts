import type { Clock } from "../../player/clock.js";
import type { Segment } from "../../player/delivery/segment.js";
import type { SegmentReceiver } from "../../player/delivery/segment-record.js";
import type { Playhead } from "../../player/delivery/segment-view.js";
import type { ReadPlaylist } from "./playlist-reader.js";

/** Where a virtual player gets its segments. */
export interface SegmentSource {
  request(segment: Segment, receiver: SegmentReceiver): void;
  cancel(segment: Segment, receiver: SegmentReceiver): void;
  playheadMoved(): void;
  playbackStarted(): void;
}

export interface VirtualPlayerOptions {
  readonly clock: Clock;
  /** Distance to the live edge in segments. */
  readonly latencySegments: number;
  readonly source: () => SegmentSource;
}

/** What the viewer would have noticed; as the player's own quality meter counts. */
export interface PlayedFigures {
  readonly startupMs: number | undefined;
  readonly playedMs: number;
  readonly stalls: number;
  readonly stalledMs: number;
  readonly isStalled: boolean;
  readonly latencyS: number | undefined;
}

const MAX_BUFFER_S = 30;
const SHORTEST_STALL_MS = 100;
const TICK_MS = 250;
const RETRY_MS = { first: 1_000, longest: 8_000 };

/**
 * Plays without a picture: asks for one segment after the other as hls.js does, lets a playhead move through what has
 * come, and stops where that ends.
 */
export class VirtualPlayer {
  readonly #options: VirtualPlayerOptions;
  readonly #askedAtMs: number;
  #playlist: ReadPlaylist | undefined;
  #next: number | undefined;
  #pending: { readonly segment: Segment; readonly receiver: SegmentReceiver } | undefined;
  #anchor = { atMs: 0, positionS: 0 };
  #bufferedToS = 0;
  #isRunning = false;
  #isPaused = false;
  #stalledSinceMs: number | undefined;
  #startupMs: number | undefined;
  #playedMs = 0;
  #stalls = 0;
  #stalledMs = 0;
  #retries = 0;
  #edge: { readonly atMs: number; readonly endS: number } | undefined;
  #stopTicking = () => {};
  #isClosed = false;

  constructor(options: VirtualPlayerOptions) {
    this.#options = options;
    this.#askedAtMs = options.clock.now();
  }

  get playhead(): Playhead {
    return {
      positionS: this.#positionS,
      rate: this.#startupMs === undefined || this.#isPaused ? 0 : 1,
      bufferedToS: this.#bufferedToS,
    };
  }

  get figures(): PlayedFigures {
    const nowMs = this.#options.clock.now();
    const waitingMs = this.#stalledSinceMs === undefined ? 0 : nowMs - this.#stalledSinceMs;
    const isStalled = waitingMs >= SHORTEST_STALL_MS;
    const runningMs = this.#isRunning ? (this.#positionS - this.#anchor.positionS) * 1000 : 0;
    return {
      startupMs: this.#startupMs,
      playedMs: this.#playedMs + runningMs,
      stalls: this.#stalls + (isStalled ? 1 : 0),
      stalledMs: this.#stalledMs + (isStalled ? waitingMs : 0),
      isStalled,
      latencyS: this.#edge && this.#edge.endS + (nowMs - this.#edge.atMs) / 1000 - this.#positionS,
    };
  }

  /** The end of a VOD was played. */
  get hasEnded(): boolean {
    const last = this.#playlist?.segments.at(-1);
    return this.#playlist?.isLive === false && last !== undefined && this.#positionS >= last.endS - 0.001;
  }

  setPlaylist(playlist: ReadPlaylist): void {
    const { segments, isLive } = playlist;
    const last = segments.at(-1);
    const before = this.#playlist?.segments.at(-1)?.number;
    this.#playlist = playlist;
    if (!last) return;
    if (isLive && last.number !== before) {
      this.#edge = { atMs: this.#options.clock.now(), endS: last.endS };
    }
    const [first] = segments;
    if (this.#next === undefined || (first && this.#next < first.number)) this.#jumpToStart();
    this.#ask();
  }

  /** Goes on from this share of a VOD. */
  seek(toShare: number): void {
    const segments = this.#playlist?.segments ?? [];
    const segment = segments[Math.floor(toShare * Math.max(0, segments.length - 1))];
    if (segment) this.#jump(segment);
  }

  pause(): void {
    this.#stop();
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    if (this.#bufferedToS > this.#positionS) this.#run();
  }

  close(): void {
    this.#isClosed = true;
    this.#stop();
    this.#stopTicking();
    this.#giveUp();
  }

  get #positionS(): number {
    if (!this.#isRunning) return this.#anchor.positionS;
    const elapsedS = (this.#options.clock.now() - this.#anchor.atMs) / 1000;
    return Math.min(this.#bufferedToS, this.#anchor.positionS + elapsedS);
  }

  #jumpToStart(): void {
    const { segments = [], isLive } = this.#playlist ?? {};
    const segment = isLive
      ? segments.at(-Math.min(this.#options.latencySegments, segments.length))
      : segments[0];
    if (segment) this.#jump(segment);
  }

  #jump(segment: Segment): void {
    this.#stop();
    this.#endStall();
    this.#giveUp();
    this.#next = segment.number;
    this.#anchor = { atMs: this.#options.clock.now(), positionS: segment.startS };
    this.#bufferedToS = segment.startS;
    this.#ask();
  }

  #ask(): void {
    if (this.#isClosed || this.#pending || this.#bufferedToS - this.#positionS >= MAX_BUFFER_S) return;
    const segment = this.#playlist?.segments.find(({ number }) => number === this.#next);
    if (!segment) return;
    const receiver: SegmentReceiver = {
      delivered: () => this.#delivered(segment),
      failed: () => {
        this.#pending = undefined;
        const retryMs = Math.min(RETRY_MS.longest, RETRY_MS.first * 2 ** this.#retries++);
        this.#options.clock.after(retryMs, () => this.#ask());
      },
    };
    this.#pending = { segment, receiver };
    this.#options.source().request(segment, receiver);
  }

  #delivered(segment: Segment): void {
    if (this.#pending?.segment !== segment || this.#isClosed) return;
    this.#pending = undefined;
    this.#retries = 0;
    this.#next = segment.number + 1;
    this.#bufferedToS = segment.endS;
    const isFirst = this.#startupMs === undefined;
    this.#startupMs ??= this.#options.clock.now() - this.#askedAtMs;
    this.#endStall();
    if (!this.#isRunning && !this.#isPaused) this.#run();
    if (isFirst) this.#options.source().playbackStarted();
    this.#ask();
  }

  #run(): void {
    this.#anchor = { atMs: this.#options.clock.now(), positionS: this.#positionS };
    this.#isRunning = true;
    this.#tick();
  }

  #tick(): void {
    this.#stopTicking();
    if (!this.#isRunning) return;
    const leftMs = (this.#bufferedToS - this.#positionS) * 1000;
    if (leftMs <= 0) {
      this.#stop();
      if (!this.hasEnded) this.#stalledSinceMs = this.#options.clock.now();
      this.#options.source().playheadMoved();
      return;
    }
    this.#stopTicking = this.#options.clock.after(Math.min(TICK_MS, leftMs), () => {
      this.#options.source().playheadMoved();
      this.#ask();
      this.#tick();
    });
  }

  #stop(): void {
    const positionS = this.#positionS;
    if (this.#isRunning) this.#playedMs += (positionS - this.#anchor.positionS) * 1000;
    this.#anchor = { atMs: this.#options.clock.now(), positionS };
    this.#isRunning = false;
  }

  #endStall(): void {
    if (this.#stalledSinceMs === undefined) return;
    const waitedMs = this.#options.clock.now() - this.#stalledSinceMs;
    this.#stalledSinceMs = undefined;
    if (waitedMs < SHORTEST_STALL_MS) return;
    this.#stalls++;
    this.#stalledMs += waitedMs;
  }

  #giveUp(): void {
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending) this.#options.source().cancel(pending.segment, pending.receiver);
  }
}

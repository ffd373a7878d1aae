import type Hls from "hls.js";

/** What the viewer noticed. */
export interface Quality {
  /** From the request to load and play until the first frame moved; `undefined` before. */
  readonly startupMs: number | undefined;
  /** Stops of playback for lack of data, after the start, outside of seeks, longer than 100 ms. */
  readonly stalls: number;
  readonly stalledMs: number;
  readonly playedMs: number;
  readonly levelSwitches: number;
}

const SHORTEST_STALL_MS = 100;

/** Measures {@link Quality} at the media element. */
export class QualityMeter {
  readonly #now: () => number;
  #askedAtMs: number | undefined;
  #startupMs: number | undefined;
  #waitingSinceMs: number | undefined;
  #playingSinceMs: number | undefined;
  #stalls = 0;
  #stalledMs = 0;
  #playedMs = 0;
  #levelSwitches = -1;

  constructor(now: () => number) {
    this.#now = now;
  }

  get quality(): Quality {
    const nowMs = this.#now();
    const waitingMs = this.#waitingSinceMs === undefined ? 0 : nowMs - this.#waitingSinceMs;
    const isStalled = waitingMs >= SHORTEST_STALL_MS;
    return {
      startupMs: this.#startupMs,
      stalls: this.#stalls + (isStalled ? 1 : 0),
      stalledMs: this.#stalledMs + (isStalled ? waitingMs : 0),
      playedMs: this.#playedMs + (this.#playingSinceMs === undefined ? 0 : nowMs - this.#playingSinceMs),
      levelSwitches: Math.max(0, this.#levelSwitches),
    };
  }

  /** A source begins to load: everything starts again. */
  reset(): void {
    this.#askedAtMs = this.#now();
    this.#startupMs = undefined;
    this.#waitingSinceMs = undefined;
    this.#playingSinceMs = undefined;
    this.#stalls = 0;
    this.#stalledMs = 0;
    this.#playedMs = 0;
    this.#levelSwitches = -1;
  }

  /** @returns stops measuring. */
  attach(hls: Hls, Events: typeof Hls.Events): () => void {
    let detach = () => {};
    const onAttached = (_event: string, { media }: { media: HTMLMediaElement }) => {
      detach();
      detach = this.#watch(media);
    };
    const onDetaching = () => detach();
    const onSwitched = () => {
      this.#levelSwitches++;
    };
    hls.on(Events.MEDIA_ATTACHED, onAttached);
    hls.on(Events.MEDIA_DETACHING, onDetaching);
    hls.on(Events.LEVEL_SWITCHED, onSwitched);
    return () => {
      detach();
      hls.off(Events.MEDIA_ATTACHED, onAttached);
      hls.off(Events.MEDIA_DETACHING, onDetaching);
      hls.off(Events.LEVEL_SWITCHED, onSwitched);
    };
  }

  #watch(media: HTMLMediaElement): () => void {
    const abort = new AbortController();
    /** Before it has, on this element, it waits for the start. */
    let hasPlayed = false;
    const on = (name: string, run: () => void) => media.addEventListener(name, run, { signal: abort.signal });
    on("play", () => {
      // With autoplay the wish to play is as old as the load; the event comes once there is enough data.
      if (!media.autoplay && this.#startupMs === undefined) this.#askedAtMs = this.#now();
    });
    on("playing", () => {
      hasPlayed = true;
      this.#playing();
    });
    on("waiting", () => {
      const hasBegun = hasPlayed && this.#startupMs !== undefined;
      if (hasBegun && !media.seeking && !media.paused && !media.ended) this.#waiting();
    });
    on("timeupdate", () => {
      if (!media.paused && !media.seeking && media.readyState >= 3) this.#endWaiting();
    });
    // Whoever loses patience, the viewer or hls.js, has waited until then; what a seek takes is no stall.
    on("seeking", () => this.#countWaiting());
    for (const name of ["pause", "ended", "emptied"]) on(name, () => this.#pause());
    return () => {
      this.#pause();
      abort.abort();
    };
  }

  #playing(): void {
    const nowMs = this.#now();
    this.#startupMs ??= nowMs - (this.#askedAtMs ?? nowMs);
    this.#endWaiting();
    this.#playingSinceMs ??= nowMs;
  }

  #waiting(): void {
    this.#waitingSinceMs ??= this.#now();
    this.#stopPlaying();
  }

  #endWaiting(): void {
    if (this.#waitingSinceMs === undefined) return;
    this.#countWaiting();
    this.#playingSinceMs ??= this.#now();
  }

  #countWaiting(): void {
    if (this.#waitingSinceMs === undefined) return;
    const waitedMs = this.#now() - this.#waitingSinceMs;
    this.#waitingSinceMs = undefined;
    if (waitedMs < SHORTEST_STALL_MS) return;
    this.#stalls++;
    this.#stalledMs += waitedMs;
  }

  #pause(): void {
    this.#waitingSinceMs = undefined;
    this.#stopPlaying();
  }

  #stopPlaying(): void {
    if (this.#playingSinceMs === undefined) return;
    this.#playedMs += this.#now() - this.#playingSinceMs;
    this.#playingSinceMs = undefined;
  }
}

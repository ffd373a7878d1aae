import type { Clock } from "../clock.js";
import type { JoinDocument } from "../protocol/index.js";
import { JoinError } from "./ask-to-join.js";

export interface EnrolmentOptions {
  /** What a tracker says; `undefined` where there was nothing to ask it for. */
  readonly ask: () => Promise<JoinDocument | undefined>;
  readonly onAnswer: (join: JoinDocument | undefined) => void;
  readonly onFailure: (error: Error) => void;
  readonly clock: Clock;
  /** Returns numbers in [0, 1). */
  readonly random: () => number;
}

const FIRST_PAUSE_MS = 2_000;
/** A tracker that cannot be reached is looked for so often at least. */
const LONGEST_PAUSE_MS = 60_000;
const LONGEST_ASKED_MS = 5 * 60_000;
/** One that has only ever said no is not asked again after so many tries. */
const TRIES = 5;
const REFRESH_S = { shortest: 10, usual: 300 };
/** Whoever loses a tracker asks for another one within this time, not all in the same moment, and not more often. */
const SOON_MS = 3_000;
/** Of each pause, to either side. */
const JITTER = 0.2;

/** Asks the tracker what a player needs, from time to time and again after failures. Nothing waits for it. */
export class Enrolment {
  readonly #options: EnrolmentOptions;
  #state: "idle" | "asking" | "waiting" = "idle";
  /** Answers to what was asked before a stop are not wanted any more. */
  #round = 0;
  #failures = 0;
  #hasAnswer = false;
  #dueAtMs = 0;
  #askedAtMs = Number.NEGATIVE_INFINITY;
  #cancelTimer = () => {};

  constructor(options: EnrolmentOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#state === "idle") void this.#ask();
  }

  /** What was answered may not hold any more. */
  askSoon(): void {
    const { clock, random } = this.#options;
    const nowMs = clock.now();
    const delayMs = Math.max(0, this.#askedAtMs + SOON_MS - nowMs) + SOON_MS * random();
    if (this.#state === "waiting" && nowMs + delayMs < this.#dueAtMs) this.#wait(delayMs);
  }

  stop(): void {
    this.#cancelTimer();
    this.#round++;
    this.#state = "idle";
  }

  async #ask(): Promise<void> {
    const { ask, onAnswer, onFailure, clock } = this.#options;
    const round = this.#round;
    this.#state = "asking";
    this.#askedAtMs = clock.now();
    try {
      const join = await ask();
      if (round !== this.#round) return;
      this.#hasAnswer = true;
      this.#failures = 0;
      this.#waitAbout(Math.max(REFRESH_S.shortest, join?.refreshS ?? REFRESH_S.usual) * 1000);
      onAnswer(join);
    } catch (error) {
      if (round !== this.#round) return;
      this.#failed(error);
      onFailure(error as Error);
    }
  }

  #failed(error: unknown): void {
    const failures = ++this.#failures;
    const known = error instanceof JoinError ? error : undefined;
    if (known?.isRefusal && !this.#hasAnswer && failures >= TRIES) {
      // For good: it stays as it is until it is stopped and started.
      this.#state = "asking";
      return;
    }
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 10));
    const askedMs = Math.min(LONGEST_ASKED_MS, known?.details.retryAfterMs ?? 0);
    this.#waitAbout(Math.max(pauseMs, askedMs));
  }

  #waitAbout(ms: number): void {
    this.#wait(ms * (1 + JITTER * (2 * this.#options.random() - 1)));
  }

  #wait(ms: number): void {
    const { clock } = this.#options;
    this.#cancelTimer();
    this.#state = "waiting";
    this.#dueAtMs = clock.now() + ms;
    this.#cancelTimer = clock.after(ms, () => void this.#ask());
  }
}

import { setTimeout as sleep } from "node:timers/promises";
import type { HeldViewer, Viewer } from "../../browsers/viewer.js";
import { type ViewerFigures, ViewerRecord } from "./viewer-record.js";

export interface AudienceOptions {
  /** From the start of {@link Audience.watch}; one seat each. */
  readonly joinsMs: readonly number[];
  readonly turnoverEveryMs?: number | undefined;
  readonly random: () => number;
  readonly topHeight: number;
  /** Opens a viewer's page; each seat has its own uplink. */
  readonly hold: (seat: number) => Promise<HeldViewer>;
}

/** What happens now: how many are there and how many of them play. */
export interface AudienceMoment {
  readonly elapsedMs: number;
  readonly present: number;
  readonly playing: number;
}

interface Seated {
  readonly seat: number;
  readonly viewer: Viewer;
  readonly record: ViewerRecord;
}

const TICK_MS = 50;
const LOOK_EVERY_MS = 1_000;
const REPLACEMENT_READY_MS = 5_000;

/** Viewers who come, are looked at every second, and in some scenarios go. */
export class Audience {
  readonly #options: AudienceOptions;
  #startedAtMs = performance.now();
  readonly #held = new Map<number, Promise<HeldViewer>>();
  #leaving: Seated | undefined;
  readonly #present = new Set<Seated>();
  readonly #records: ViewerRecord[] = [];
  readonly #pending = new Set<Promise<void>>();
  #failure: { readonly cause: unknown } | undefined;

  constructor(options: AudienceOptions) {
    this.#options = options;
  }

  /** Opens the pages of all seats, which several at a time would hold each other up in. */
  async prepare(): Promise<void> {
    for (const seat of this.#options.joinsMs.keys()) await this.#hold(seat);
  }

  /**
   * @param signal ends it early.
   * @throws what opening a viewer threw; a run with fewer viewers than ordered must not be taken for a result.
   */
  async watch(
    durationMs: number,
    onLook: (moment: AudienceMoment) => void,
    signal: AbortSignal,
  ): Promise<ViewerFigures[]> {
    const { joinsMs, turnoverEveryMs = Number.POSITIVE_INFINITY } = this.#options;
    this.#startedAtMs = performance.now();
    let joined = 0;
    let turnoverAtMs = (joinsMs.at(-1) ?? 0) + turnoverEveryMs;
    let lookAtMs = LOOK_EVERY_MS;
    for (;;) {
      const elapsedMs = this.#elapsedMs();
      if (signal.aborted || this.#failure || elapsedMs >= durationMs) break;
      while ((joinsMs[joined] ?? Number.POSITIVE_INFINITY) <= elapsedMs) this.#do(this.#join(joined++));
      if (elapsedMs >= turnoverAtMs - REPLACEMENT_READY_MS) this.#prepareReplacement();
      if (elapsedMs >= turnoverAtMs) {
        turnoverAtMs += turnoverEveryMs;
        this.#do(this.#replaceOne());
      }
      if (elapsedMs >= lookAtMs) {
        lookAtMs += LOOK_EVERY_MS;
        onLook(await this.#look());
      }
      await sleep(TICK_MS);
    }
    await Promise.all(this.#pending);
    if (this.#failure) throw this.#failure.cause;
    await this.#look();
    return this.#records.flatMap(({ figures }) => figures ?? []);
  }

  async #join(seat: number): Promise<void> {
    const held = await this.#hold(seat);
    this.#held.delete(seat);
    const viewer = await held.play();
    const record = new ViewerRecord(this.#elapsedMs(), this.#options.topHeight);
    this.#records.push(record);
    this.#present.add({ seat, viewer, record });
  }

  #hold(seat: number): Promise<HeldViewer> {
    const held = this.#held.get(seat) ?? this.#options.hold(seat);
    this.#held.set(seat, held);
    return held;
  }

  /** Who goes next is known a little before, so that whoever comes has a page to play in. */
  #prepareReplacement(): void {
    if (this.#leaving) return;
    const seated = [...this.#present];
    this.#leaving = seated[Math.floor(this.#options.random() * seated.length)];
    const seat = this.#leaving?.seat;
    if (seat !== undefined) this.#do(this.#hold(seat).then(() => {}));
  }

  async #replaceOne(): Promise<void> {
    const leaving = this.#leaving;
    this.#leaving = undefined;
    if (!leaving) return;
    this.#present.delete(leaving);
    // What it had is counted up to its last moment.
    leaving.record.add(this.#elapsedMs(), await leaving.viewer.snapshot());
    await leaving.viewer.crash();
    await this.#join(leaving.seat);
  }

  async #look(): Promise<AudienceMoment> {
    const states = await Promise.all(
      [...this.#present].map(async ({ viewer, record }) => {
        const snapshot = await viewer.snapshot();
        record.add(this.#elapsedMs(), snapshot);
        return snapshot.state;
      }),
    );
    return {
      elapsedMs: this.#elapsedMs(),
      present: states.length,
      playing: states.filter((state) => state === "playing").length,
    };
  }

  #do(work: Promise<void>): void {
    const pending = work
      .catch((cause: unknown) => {
        this.#failure ??= { cause };
      })
      .finally(() => this.#pending.delete(pending));
    this.#pending.add(pending);
  }

  #elapsedMs(): number {
    return performance.now() - this.#startedAtMs;
  }
}

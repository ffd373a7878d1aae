import type { SegmentRecord } from "../result/observations.js";
import type { Timeline } from "../result/result.js";
import { stepOf } from "../result/timeline-recorder.js";
import { NEARNESSES, type Nearness } from "./paths.js";
import type { Schedule } from "./schedule.js";

/** Counts what happens in a simulation, in all and in steps of time. */
export class Tally {
  readonly stepS: number;
  originBytes = 0;
  peerBytes = 0;
  loadedBytes = 0;
  discardedBytes = 0;
  viewers = 0;
  readonly peerBytesByNearness: Record<Nearness, number>;
  readonly #schedule: Schedule;
  readonly #steps: { -readonly [Name in Exclude<keyof Timeline, "stepS">]: number[] } = {
    originBytes: [],
    peerBytes: [],
    uploadedBytes: [],
    viewers: [],
    stalled: [],
  };
  readonly #copies = new Map<string, { bytes: number; copiesAtS: number[] }>();

  constructor(schedule: Schedule, durationS: number) {
    this.#schedule = schedule;
    this.stepS = stepOf(durationS);
    this.peerBytesByNearness = Object.fromEntries(NEARNESSES.map((name) => [name, 0])) as Record<
      Nearness,
      number
    >;
  }

  /** By rendition and number. */
  get segments(): ReadonlyMap<string, SegmentRecord> {
    return this.#copies;
  }

  get timeline(): Timeline {
    return { stepS: this.stepS, ...this.#steps };
  }

  came(): void {
    this.viewers++;
  }

  left(): void {
    this.viewers--;
  }

  loaded(bytes: number): void {
    this.loadedBytes += bytes;
  }

  originSent(bytes: number): void {
    this.originBytes += bytes;
    this.#add(this.#steps.originBytes, bytes);
  }

  originCopy(rendition: number, segment: number, bytes: number): void {
    const key = `${rendition}/${segment}`;
    const copies = this.#copies.get(key) ?? { bytes, copiesAtS: [] };
    copies.copiesAtS.push(this.#schedule.nowMs / 1000);
    this.#copies.set(key, copies);
  }

  fromPeer(bytes: number, nearness: Nearness): void {
    this.peerBytes += bytes;
    this.peerBytesByNearness[nearness] += bytes;
    this.#add(this.#steps.peerBytes, bytes);
  }

  uploaded(bytes: number): void {
    this.#add(this.#steps.uploadedBytes, bytes);
  }

  discarded(bytes: number): void {
    this.discardedBytes += bytes;
  }

  /** A step ends. */
  step(stalled: number): void {
    const step = Math.max(0, Math.round(this.#schedule.nowMs / 1000 / this.stepS) - 1);
    this.#steps.viewers[step] = this.viewers;
    this.#steps.stalled[step] = stalled;
    for (const counts of Object.values(this.#steps)) counts[step] ??= 0;
  }

  #add(counts: number[], bytes: number): void {
    const step = Math.floor(this.#schedule.nowMs / 1000 / this.stepS);
    while (counts.length <= step) counts.push(0);
    counts[step] = (counts[step] as number) + bytes;
  }
}

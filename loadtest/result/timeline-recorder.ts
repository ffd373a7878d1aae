import type { Timeline } from "./result.js";

/** Everything counted from the run's start on, at one moment. */
export interface Totals {
  readonly viewers: number;
  readonly stalled: number;
  readonly originBytes: number;
  readonly peerBytes: number;
  readonly uploadedBytes: number;
}

const STEPS = 200;

/** How long the steps of a run's timeline are, in whole seconds. */
export function stepOf(durationS: number): number {
  return Math.max(1, Math.ceil(durationS / STEPS));
}

/** Makes a timeline out of looks at totals; engines that run in real time look more often than once a step. */
export class TimelineRecorder {
  readonly #stepS: number;
  readonly #steps: { -readonly [Name in Exclude<keyof Timeline, "stepS">]: number[] } = {
    originBytes: [],
    peerBytes: [],
    uploadedBytes: [],
    viewers: [],
    stalled: [],
  };
  #before = { originBytes: 0, peerBytes: 0, uploadedBytes: 0 };

  constructor(durationS: number) {
    this.#stepS = stepOf(durationS);
  }

  get timeline(): Timeline {
    return { stepS: this.#stepS, ...this.#steps };
  }

  add(elapsedS: number, totals: Totals): void {
    const step = Math.floor(elapsedS / this.#stepS);
    const steps = this.#steps;
    for (const counts of Object.values(steps)) while (counts.length <= step) counts.push(0);
    steps.viewers[step] = totals.viewers;
    steps.stalled[step] = Math.max(steps.stalled[step] ?? 0, totals.stalled);
    for (const name of ["originBytes", "peerBytes", "uploadedBytes"] as const) {
      // What is counted later may be less: somebody has left with bytes that were never complete.
      steps[name][step] = (steps[name][step] ?? 0) + Math.max(0, totals[name] - this.#before[name]);
      this.#before[name] = Math.max(this.#before[name], totals[name]);
    }
  }
}

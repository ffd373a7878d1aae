import { resultOf } from "../result/observations.js";
import type { LoadResult } from "../result/result.js";
import type { Moment } from "../run/engine.js";
import type { Scenario } from "../scenario/scenario.js";
import type { Part } from "./part.js";
import { partsOf } from "./parts.js";
import type { Tally } from "./tally.js";
import { totalOf } from "./total.js";

/** Parts take turns of so much simulated time: a run that is interrupted has seen about as much of each. */
const TURN_MS = 20_000;

/** A scenario in simulated time. The same scenario gives the same result, to the byte. */
export class Simulation {
  readonly #scenario: Scenario;
  readonly #parts: readonly [Part, ...Part[]];
  readonly #durationMs: number;
  #turn: number;
  #untilMs: number;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.#durationMs = scenario.durationS * 1000;
    this.#parts = partsOf(scenario);
    this.#turn = 0;
    this.#untilMs = this.#parts.length === 1 ? this.#durationMs : Math.min(TURN_MS, this.#durationMs);
  }

  get moment(): Moment {
    const sum = (of: (tally: Tally) => number) =>
      this.#parts.reduce((total, { tally }) => total + of(tally), 0);
    return {
      elapsedS: this.#elapsedS,
      viewers: sum(({ viewers }) => viewers),
      originBytes: sum(({ originBytes }) => originBytes),
      peerBytes: sum(({ peerBytes }) => peerBytes),
    };
  }

  /** Lets up to so many events happen. @returns false when the run is over. */
  advance(events: number): boolean {
    const part = this.#parts[this.#turn] as Part;
    if (part.advance(this.#untilMs, events)) return true;
    if (this.#turn < this.#parts.length - 1) {
      this.#turn++;
      return true;
    }
    if (this.#untilMs >= this.#durationMs) return false;
    this.#turn = 0;
    this.#untilMs = Math.min(this.#untilMs + TURN_MS, this.#durationMs);
    return true;
  }

  result(isPartial: boolean): LoadResult {
    const [first, ...others] = this.#parts;
    const connections = this.#parts.map((part) => part.connections);
    return resultOf({
      engine: "simulate",
      scenario: this.#scenario,
      isPartial,
      ranS: this.#elapsedS,
      sessions: this.#sessions(),
      ...totalOf([first.tally, ...others.map(({ tally }) => tally)]),
      connections: {
        tried: connections.reduce((total, { tried }) => total + tried, 0),
        failed: connections.reduce((total, { failed }) => total + failed, 0),
      },
      heldUpMs: null,
    });
  }

  *#sessions() {
    for (const part of this.#parts) yield* part.sessions();
  }

  get #elapsedS(): number {
    return this.#parts.reduce((total, { nowMs }) => total + nowMs, 0) / this.#parts.length / 1000;
  }
}

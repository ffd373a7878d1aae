import type { LoadResult } from "../result/result.js";
import type { Scenario } from "../scenario/scenario.js";

/** A moment of a run, for progress on a terminal. */
export interface Moment {
  readonly elapsedS: number;
  readonly viewers: number;
  readonly originBytes: number;
  readonly peerBytes: number;
}

export interface RunOptions {
  readonly onMoment: (moment: Moment) => void;
  /** Before the clock starts: so many of the viewers are ready to come. */
  readonly onReady?: (viewers: number, of: number) => void;
  /** Ends the run early; what was seen until then is the result. */
  readonly signal: AbortSignal;
}

/** Something that plays a scenario: real browsers, headless viewers, or the simulator. */
export interface Engine {
  /** @throws {ScenarioError} where it cannot play this one, naming the field and the limit. */
  check(scenario: Scenario): void;
  run(scenario: Scenario, options: RunOptions): Promise<LoadResult>;
}

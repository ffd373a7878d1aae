// As the player's `UploadTurns`: for whom a free uplink is kept.
import { isNeededSoon, mayGoFirst, TURN_MS } from "../../player/policy/upload-turn.js";
import type { Viewer } from "./viewer.js";
import type { World } from "./world.js";

/** For no segment. */
const NOBODY = 0x7fffffff;

export class UploadTurns {
  readonly #world: World;
  readonly #onPassed: (viewer: Viewer) => void;
  readonly #passed: number;
  /** The earliest segment that was turned away and is needed soon, by the uploader's index. */
  readonly #first: Int32Array;
  /** When all were told that there is room, and how often they were, likewise. */
  readonly #toldAtMs: Float64Array;
  readonly #told: Int32Array;

  /** @param onPassed is told when an uplink is kept no longer. */
  constructor(world: World, onPassed: (viewer: Viewer) => void) {
    this.#world = world;
    this.#onPassed = onPassed;
    const { length } = world.viewers;
    this.#first = new Int32Array(length).fill(NOBODY);
    this.#toldAtMs = new Float64Array(length).fill(Number.NEGATIVE_INFINITY);
    this.#told = new Int32Array(length);
    this.#passed = world.schedule.on((index, told) => {
      if (this.#told[index] !== told || this.#first[index] === NOBODY) return;
      this.#first[index] = NOBODY;
      this.#onPassed(world.viewer(index));
    });
  }

  /** There is no room for this segment now. */
  turnedAway(from: Viewer, segment: number): void {
    const { programme, schedule } = this.#world;
    if (!programme.isLive || segment >= (this.#first[from.index] as number)) return;
    const startS = segment * programme.segmentS;
    if (isNeededSoon({ startS, positionS: from.positionS(schedule.nowMs) }))
      this.#first[from.index] = segment;
  }

  /** Whether there being room, it is kept for another segment. */
  isKept(from: number, segment: number): boolean {
    const first = this.#first[from] as number;
    if (first === NOBODY) return false;
    const { segmentS } = this.#world.programme;
    const freeMs = this.#world.schedule.nowMs - (this.#toldAtMs[from] as number);
    return !mayGoFirst(segment * segmentS, first * segmentS, freeMs);
  }

  /** Somebody is served. */
  taken(from: Viewer): void {
    this.#first[from.index] = NOBODY;
  }

  /** Everybody is about to hear that there is room. */
  told({ index }: Viewer): void {
    if (this.#first[index] === NOBODY) return;
    const { schedule } = this.#world;
    this.#toldAtMs[index] = schedule.nowMs;
    const told = (this.#told[index] as number) + 1;
    this.#told[index] = told;
    schedule.after(TURN_MS, this.#passed, index, told);
  }
}

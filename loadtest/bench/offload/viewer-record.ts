import type { ViewerSnapshot } from "../../browsers/page/snapshot.js";
import { mean } from "../statistics.js";

/** One viewer's part in a run. */
export interface ViewerFigures {
  /** From the run's start until its page had begun to load the stream. */
  readonly joinedAtMs: number;
  readonly livedMs: number;
  /** Mean over looks at it, one per second, while it played. */
  readonly meanHeight: number | null;
  readonly meanLatencyS: number | null;
  /** From the join until the best rendition was seen, to the second; `null` where that did not happen. */
  readonly topAfterMs: number | null;
  readonly last: ViewerSnapshot;
}

/** Collects what is seen of one viewer. */
export class ViewerRecord {
  readonly #joinedAtMs: number;
  readonly #topHeight: number;
  readonly #heights: number[] = [];
  readonly #latenciesS: number[] = [];
  #topAfterMs: number | null = null;
  #lastAtMs: number;
  #last: ViewerSnapshot | undefined;

  constructor(joinedAtMs: number, topHeight: number) {
    this.#joinedAtMs = joinedAtMs;
    this.#lastAtMs = joinedAtMs;
    this.#topHeight = topHeight;
  }

  add(atMs: number, snapshot: ViewerSnapshot): void {
    this.#last = snapshot;
    this.#lastAtMs = atMs;
    if (snapshot.state !== "playing" && snapshot.state !== "stalled") return;
    this.#heights.push(snapshot.height);
    if (snapshot.latencyS !== undefined) this.#latenciesS.push(snapshot.latencyS);
    if (snapshot.height >= this.#topHeight) this.#topAfterMs ??= atMs - this.#joinedAtMs;
  }

  /** `undefined` when it was never seen. */
  get figures(): ViewerFigures | undefined {
    if (!this.#last) return undefined;
    return {
      joinedAtMs: this.#joinedAtMs,
      livedMs: this.#lastAtMs - this.#joinedAtMs,
      meanHeight: mean(this.#heights),
      meanLatencyS: mean(this.#latenciesS),
      topAfterMs: this.#topAfterMs,
      last: this.#last,
    };
  }
}

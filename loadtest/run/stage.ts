import type { StreamName } from "../../player/protocol/index.js";
import type { SegmentRecord } from "../result/observations.js";

/** Origin and tracker of a run, and where viewers find them. */
export interface Stage extends AsyncDisposable {
  /** Master playlist. */
  readonly src: string;
  /** As the player's option `tracker` takes it. */
  readonly tracker: string;
  readonly stream: StreamName;
  /** What the origin itself says that it has sent; `undefined` where it does not tell, and viewers have to. */
  readonly originLog: OriginLog | undefined;
}

export interface OriginLog {
  /** Of segments, so far. */
  readonly segmentBytes: number;
  segments(startedAtMs: number): Iterable<SegmentRecord>;
}

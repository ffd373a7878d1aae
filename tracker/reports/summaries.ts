import type { Cohort, StreamName } from "../../player/protocol/index.js";
import { nothing, type Totals, unaccountedUploads } from "./tally.js";

/** One stream as operators see it. */
export interface StreamSummary {
  readonly stream: string;
  readonly viewers: number;
  readonly cohorts: Readonly<Record<Cohort, Totals>>;
  /** Bytes from peers over all that was played, of the cohort `p2p`; `null` before the first report. */
  readonly offload: number | null;
  /** Bytes that viewers say they have uploaded, less what the others say they have got. Far from 0, somebody lies. */
  readonly unaccountedUploadBytes: number;
}

/**
 * Of each stream that has viewers or had some.
 *
 * @param viewers now. @param totals of their reports. Of one tracker or of several.
 */
export function summarize(
  viewers: ReadonlyMap<StreamName, number>,
  totals: ReadonlyMap<StreamName, Readonly<Record<Cohort, Totals>>>,
): StreamSummary[] {
  return Array.from(new Set([...viewers.keys(), ...totals.keys()]), (stream) => {
    const cohorts = totals.get(stream) ?? { p2p: nothing(), holdout: nothing(), off: nothing() };
    const { bytesFromPeers, bytesFromOrigin } = cohorts.p2p;
    const played = bytesFromPeers + bytesFromOrigin;
    return {
      stream,
      viewers: viewers.get(stream) ?? 0,
      cohorts,
      offload: played === 0 ? null : bytesFromPeers / played,
      unaccountedUploadBytes: unaccountedUploads(cohorts),
    };
  });
}

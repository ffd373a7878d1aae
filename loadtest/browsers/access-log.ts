import type { Served } from "../../origin/index.js";

/** What the origin has sent of one stream's segments, from its own log. */
export interface OriginTotals {
  readonly segmentBytes: number;
  readonly playlistBytes: number;
  readonly initBytes: number;
  /** Complete copies of each segment, by its path in the stream. */
  readonly copies: ReadonlyMap<string, number>;
}

/** Collects the origin's access log. Figures of offload come from here, not from viewers. */
export class AccessLog {
  readonly #served: Served[] = [];
  readonly #segmentBytes = new Map<string, number>();

  readonly add = (served: Served): void => {
    this.#served.push(served);
    if (served.kind !== "segment" || served.status >= 400) return;
    this.#segmentBytes.set(served.stream, this.segmentBytes(served.stream) + served.bytes);
  };

  /** The same as in `totals`, without going through the whole log. */
  segmentBytes(stream: string): number {
    return this.#segmentBytes.get(stream) ?? 0;
  }

  /** @param sinceMs leaves out what was served before, by the origin's clock. */
  totals(stream: string, sinceMs = 0): OriginTotals {
    const bytes = { segment: 0, playlist: 0, init: 0 };
    const copies = new Map<string, number>();
    for (const served of this.#served) {
      // What is not found is answered with a sentence, which is no segment.
      if (served.stream !== stream || served.atMs < sinceMs || served.status >= 400) continue;
      if (served.kind in bytes) bytes[served.kind as keyof typeof bytes] += served.bytes;
      if (isWholeSegment(served)) {
        copies.set(served.path, (copies.get(served.path) ?? 0) + 1);
      }
    }
    return { segmentBytes: bytes.segment, playlistBytes: bytes.playlist, initBytes: bytes.init, copies };
  }

  /** The segments of a stream of which complete copies went out; times count from `startedAtMs` by the origin's clock. */
  segments(stream: string, startedAtMs: number): { bytes: number; copiesAtS: number[] }[] {
    const segments = new Map<string, { bytes: number; copiesAtS: number[] }>();
    for (const served of this.#served) {
      if (served.stream !== stream || !isWholeSegment(served)) continue;
      const segment = segments.get(served.path) ?? { bytes: served.bytes, copiesAtS: [] };
      segment.copiesAtS.push((served.atMs - startedAtMs) / 1000);
      segments.set(served.path, segment);
    }
    return [...segments.values()];
  }

  /** When each complete copy of a segment went out, by the origin's clock and the segment's path. */
  copyTimes(stream: string): ReadonlyMap<string, readonly number[]> {
    const times = new Map<string, number[]>();
    for (const served of this.#served) {
      if (served.stream !== stream || !isWholeSegment(served)) continue;
      const known = times.get(served.path);
      if (known) known.push(served.atMs);
      else times.set(served.path, [served.atMs]);
    }
    return times;
  }
}

/** Not a part of one (206), not "you have it" (304), not its length alone (HEAD). */
function isWholeSegment({ kind, status, complete, bytes }: Served): boolean {
  return kind === "segment" && status === 200 && complete && bytes > 0;
}

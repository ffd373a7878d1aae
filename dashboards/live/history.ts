import type { History } from "../../tracker/live/feed.js";

/** What happened in one stretch of time, in bytes per second; `undefined` beside the time for a gap. */
interface Point {
  /** When it ended, in seconds since 1970. */
  readonly atS: number;
  readonly bytes?: {
    readonly fromPeers: number;
    readonly fromOrigin: number;
    readonly residual: number;
    readonly originSent: number | null;
  };
}

/** What the charts show, by time: in bytes per second and as shares; `null` where nothing can be said. */
export interface Curves {
  readonly atS: readonly number[];
  readonly played: readonly (number | null)[];
  readonly residual: readonly (number | null)[];
  readonly reported: readonly (number | null)[];
  readonly implied: readonly (number | null)[];
}

const KEPT_S = 3600;

/**
 * The curves of one stream. What was seen before the tracker was started anew stays, with a gap: its counts begin at
 * zero again, and nothing between two runs may be subtracted.
 */
export class CurveHistory {
  #earlier: Point[] = [];
  #current: Point[] = [];
  #stepS = 1;

  clear(): void {
    this.#earlier = [];
    this.#current = [];
  }

  /** The tracker has begun to count from zero. */
  beginRun(): void {
    const last = this.#current.at(-1);
    if (last !== undefined) this.#earlier.push(...this.#current, { atS: last.atS + this.#stepS });
    this.#current = [];
  }

  /** @param isWhole instead of all of this run; otherwise it goes on where the last one ended. */
  add(history: History, isWhole: boolean, nowS: number): void {
    const { stepS, endedAgoS, fromPeers, fromOrigin, wastedFromOrigin, originSent } = history;
    this.#stepS = stepS;
    if (isWhole) this.#current = [];
    const endS = nowS - endedAgoS;
    const points = fromPeers.map((bytes, index): Point => {
      const sent = originSent[index] ?? null;
      const reported = (fromOrigin[index] ?? 0) + (wastedFromOrigin[index] ?? 0);
      return {
        atS: endS - (fromPeers.length - 1 - index) * stepS,
        bytes: {
          fromPeers: bytes,
          fromOrigin: fromOrigin[index] ?? 0,
          residual: sent ?? reported,
          originSent: sent,
        },
      };
    });
    this.#current.push(...points);
    const isKept = ({ atS }: Point) => atS >= nowS - KEPT_S;
    this.#current = this.#current.filter(isKept);
    this.#earlier = this.#earlier.filter(isKept);
  }

  /** @param windowS what each point is the mean of. */
  curves(windowS: number): Curves {
    const points = [...this.#earlier, ...this.#current];
    const length = Math.max(1, Math.round(windowS / this.#stepS));
    const windows = points.map((_, index) =>
      meanOf(points.slice(index + 1 - length, index + 1), length, this.#stepS),
    );
    return {
      atS: points.map(({ atS }) => atS),
      played: windows.map((mean) => mean?.played ?? null),
      residual: windows.map((mean) => mean?.residual ?? null),
      reported: windows.map((mean) => mean?.reported ?? null),
      implied: windows.map((mean) => mean?.implied ?? null),
    };
  }
}

function meanOf(window: readonly Point[], length: number, stepS: number) {
  const bytes = window.flatMap((point) => point.bytes ?? []);
  if (bytes.length < length) return null;
  const rate = (of: (one: (typeof bytes)[number]) => number) =>
    bytes.reduce((sum, one) => sum + of(one), 0) / (length * stepS);
  const fromPeers = rate((one) => one.fromPeers);
  const played = fromPeers + rate((one) => one.fromOrigin);
  const isKnown = bytes.every(({ originSent }) => originSent !== null);
  return {
    played,
    residual: rate((one) => one.residual),
    reported: played > 0 ? fromPeers / played : null,
    implied: played > 0 && isKnown ? 1 - rate((one) => one.originSent ?? 0) / played : null,
  };
}

// As hls.js estimates bandwidth and chooses a level by it, with its defaults.

/** Two averages of kbit/s, weighted by the seconds that loading took; 0 before the first load. */
export interface Bandwidth {
  fastKbps: number;
  slowKbps: number;
  loadedS: number;
}

export interface Level {
  readonly kbps: number;
  readonly rendition: number;
}

/** `abrEwmaFastVoD`, `abrEwmaSlowVoD`; those for live streams are the same. */
const HALF_LIFE_S = { fast: 3, slow: 9 };
/** `abrEwmaDefaultEstimate`. */
const DEFAULT_KBPS = 500;
const SHORTEST_LOAD_MS = 50;
/** `abrBandWidthFactor` for levels up to the present one, and `abrBandWidthUpFactor` for those above. */
const USABLE = { stay: 0.95, up: 0.7 };
/** `maxStarvationDelay`. */
const LONGEST_STARVATION_S = 4;

export function learnBandwidth(known: Bandwidth, bytes: number, loadMs: number): void {
  const tookMs = Math.max(SHORTEST_LOAD_MS, loadMs);
  const kbps = (bytes * 8) / tookMs;
  const tookS = tookMs / 1000;
  known.fastKbps = blend(known.fastKbps, kbps, 0.5 ** (tookS / HALF_LIFE_S.fast));
  known.slowKbps = blend(known.slowKbps, kbps, 0.5 ** (tookS / HALF_LIFE_S.slow));
  known.loadedS += tookS;
}

export function estimatedKbps({ fastKbps, slowKbps, loadedS }: Readonly<Bandwidth>): number {
  if (loadedS === 0) return DEFAULT_KBPS;
  // What the averages began with, nothing, still weighs something.
  const fast = fastKbps / (1 - 0.5 ** (loadedS / HALF_LIFE_S.fast));
  const slow = slowKbps / (1 - 0.5 ** (loadedS / HALF_LIFE_S.slow));
  return Math.min(fast, slow);
}

/** Where loads must not outlast the buffer: of a VOD, whose segments are all there. */
export interface Haste {
  readonly segmentS: number;
  readonly bufferS: number;
}

/**
 * The best level that the bandwidth carries, or the lowest.
 *
 * @param levels lowest first.
 * @param presentKbps of the level that was played last; 0 before the first.
 */
export function chooseLevel(
  levels: readonly [Level, ...Level[]],
  presentKbps: number,
  bandwidthKbps: number,
  haste?: Haste,
): Level {
  const carried = levels.findLast(({ kbps }) => {
    const usableKbps = bandwidthKbps * (kbps <= presentKbps ? USABLE.stay : USABLE.up);
    return kbps <= usableKbps && (!haste || kbps * haste.segmentS < usableKbps * haste.bufferS);
  });
  if (carried || !haste) return carried ?? levels[0];
  // Rather than play the lowest, playback may wait a little.
  const patienceS = haste.bufferS + Math.min(haste.segmentS, LONGEST_STARVATION_S);
  const awaited = levels.findLast(
    ({ kbps }) => kbps <= bandwidthKbps && kbps * haste.segmentS < bandwidthKbps * patienceS,
  );
  return awaited ?? levels[0];
}

function blend(average: number, sample: number, kept: number): number {
  return average * kept + sample * (1 - kept);
}

/** What a viewer knows of its downlink, and what playback takes of it. Rates are bytes per millisecond. */
export interface Downlink {
  /** Highest of what the origin and peers were seen to bring; 0 while unknown. */
  readonly bytesPerMs: number;
  /** What is played, picture and sound together; 0 while unknown. */
  readonly mediaBytesPerMs: number;
}

/** With so much of a downlink to spare, transfers do not hold each other up. */
const WIDE_HEADROOM = 4;

/**
 * How many segments may come in at once, from peers and from the origin, before a further one has to wait that
 * playback does not ask for yet. On a narrow downlink each takes its share from the one that playback waits for: they
 * come one after the other there, as with a player that has no peers.
 *
 * @returns `Infinity` where the downlink does not limit, or nothing is known of it.
 */
export function simultaneousIntake({ bytesPerMs, mediaBytesPerMs }: Downlink): number {
  if (bytesPerMs === 0 || mediaBytesPerMs === 0) return Number.POSITIVE_INFINITY;
  const headroom = bytesPerMs / mediaBytesPerMs;
  return headroom >= WIDE_HEADROOM ? Number.POSITIVE_INFINITY : Math.max(1, Math.floor(headroom));
}

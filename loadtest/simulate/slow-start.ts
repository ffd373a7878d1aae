/** TCP's initial window (RFC 6928), and that of Chromium's SCTP: ten full packets. */
export const FIRST_WINDOW_BYTES = 12_000;

/**
 * How many round trips a transfer on a connection that was idle loses until its window covers the path: one for each
 * doubling. Idle connections begin small again (RFC 5681, section 4.1; RFC 9260, section 7.2.1).
 */
export function slowStartRoundTrips(rttMs: number, bytes: number, bytesPerMs: number): number {
  const windowBytes = Math.min(bytes, bytesPerMs * rttMs);
  return windowBytes <= FIRST_WINDOW_BYTES ? 0 : Math.log2(windowBytes / FIRST_WINDOW_BYTES);
}

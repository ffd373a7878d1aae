/** TCP's initial window (RFC 6928), and that of Chromium's SCTP: ten full packets. */
const FIRST_WINDOW_BYTES = 12_000;

/**
 * What a transfer on a connection that was idle loses until its window covers the path: one round trip for each
 * doubling. Idle connections begin small again (RFC 5681, section 4.1; RFC 9260, section 7.2.1).
 */
export function slowStartMs(rttMs: number, bytes: number, bytesPerMs: number): number {
  const windowBytes = Math.min(bytes, bytesPerMs * rttMs);
  return windowBytes <= FIRST_WINDOW_BYTES ? 0 : rttMs * Math.log2(windowBytes / FIRST_WINDOW_BYTES);
}

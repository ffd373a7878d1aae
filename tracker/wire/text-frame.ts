/** RFC 6455, section 5.2: the last fragment of a text message, which is the first, too. */
const FINAL_TEXT = 0x81;
const LENGTH_16 = 126;
const LENGTH_64 = 127;

/**
 * A whole WebSocket frame from a server, header and payload in one piece, as bytes (see frame.ts).
 *
 * @param text as bytes, shorter than 4 GiB.
 */
export function textFrame(text: string): string {
  const { length } = text;
  const [low, high] = [length & 0xff, (length >> 8) & 0xff];
  if (length < LENGTH_16) return String.fromCharCode(FINAL_TEXT, length) + text;
  if (length < 2 ** 16) return String.fromCharCode(FINAL_TEXT, LENGTH_16, high, low) + text;
  const [third, highest] = [(length >> 16) & 0xff, (length >>> 24) & 0xff];
  return String.fromCharCode(FINAL_TEXT, LENGTH_64, 0, 0, 0, 0, highest, third, high, low) + text;
}

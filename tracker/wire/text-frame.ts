/** RFC 6455, section 5.2: the last fragment of a text message, which is the first, too. */
const FINAL_TEXT = 0x81;
const LENGTH_16 = 126;
const LENGTH_64 = 127;

/**
 * A whole WebSocket frame from a server, header and payload in one piece, so that it takes one write.
 *
 * @param text as bytes, see frame.ts.
 */
export function textFrame(text: string): Buffer {
  const { length } = text;
  const header = length < LENGTH_16 ? 2 : length < 2 ** 16 ? 4 : 10;
  const frame = Buffer.allocUnsafe(header + length);
  frame[0] = FINAL_TEXT;
  if (header === 2) {
    frame[1] = length;
  } else if (header === 4) {
    frame[1] = LENGTH_16;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = LENGTH_64;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.write(text, header, "latin1");
  return frame;
}

/** A WebSocket frame from a client, by what can be done with it. `end` is the index behind what is known of it. */
export type InboundFrame =
  | TextFrame
  /** A close, ping or pong. */
  | { readonly kind: "control"; readonly end: number }
  /** Too little of it has come to tell. */
  | { readonly kind: "begun"; readonly end: number }
  /** Binary, a fragment, or not allowed. */
  | { readonly kind: "other" };

/** A whole text message. */
export interface TextFrame {
  readonly kind: "text";
  /** Index of the mask's four bytes. */
  readonly mask: number;
  /** Index of the payload's first byte. */
  readonly payload: number;
  readonly length: number;
  readonly end: number;
}

/** RFC 6455, section 5.2: first bytes of frames that are the last of their message, and the only one. */
const TEXT = 0x81;
const CONTROLS = [0x88, 0x89, 0x8a];
const MASKED = 0x80;
const LENGTH_16 = 126;
const LENGTH_64 = 127;
const MASK_BYTES = 4;

const OTHER: InboundFrame = { kind: "other" };

/** Reads the header of the frame that begins at `at`. */
export function frameAt(bytes: Buffer, at: number): InboundFrame {
  const first = bytes[at];
  const second = bytes[at + 1];
  if (first === undefined || second === undefined) return { kind: "begun", end: at + 2 };
  if ((second & MASKED) === 0) return OTHER;
  const short = second & ~MASKED;
  if (CONTROLS.includes(first)) {
    return short < LENGTH_16 ? { kind: "control", end: at + 2 + MASK_BYTES + short } : OTHER;
  }
  if (first !== TEXT) return OTHER;
  const mask = at + 2 + (short === LENGTH_16 ? 2 : short === LENGTH_64 ? 8 : 0);
  const payload = mask + MASK_BYTES;
  if (payload > bytes.length) return { kind: "begun", end: payload };
  // No message needs the highest two bytes of a long length.
  if (short === LENGTH_64 && bytes.readUInt16BE(at + 2) !== 0) return OTHER;
  const length =
    short === LENGTH_16
      ? bytes.readUInt16BE(at + 2)
      : short === LENGTH_64
        ? bytes.readUIntBE(at + 4, 6)
        : short;
  return { kind: "text", mask, payload, length, end: payload + length };
}

/** The mask in the order of the payload's bytes, and the same bytes as a word. */
const keyBytes = new Uint8Array(4);
const keyWord = new Int32Array(keyBytes.buffer);

/** Takes the mask of four bytes at `mask` off the bytes from `from` to `to`, or puts it on: four at a time where it can. */
export function toggleMask(
  bytes: Buffer,
  { mask, from, to }: { readonly mask: number; readonly from: number; readonly to: number },
): void {
  const toggle = (begin: number, end: number) => {
    for (let at = begin; at < end; at++) {
      bytes[at] = (bytes[at] ?? 0) ^ (bytes[mask + ((at - from) & 3)] ?? 0);
    }
  };
  const aligned = from + (-(bytes.byteOffset + from) & 3);
  const count = (to - aligned) >> 2;
  if (count <= 0) {
    toggle(from, to);
    return;
  }
  for (let index = 0; index < 4; index++) {
    keyBytes[index] = bytes[mask + ((aligned - from + index) & 3)] ?? 0;
  }
  const key = keyWord[0] ?? 0;
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + aligned, count);
  for (let index = 0; index < count; index++) words[index] = (words[index] as number) ^ key;
  toggle(from, aligned);
  toggle(aligned + 4 * count, to);
}

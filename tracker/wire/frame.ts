import { randomUUID } from "node:crypto";
import { WireError } from "./wire-error.js";

/**
 * A frame as JSON. All text in it is bytes: one character from U+0000 to U+00FF for each byte of the frame's UTF-8.
 * Nothing is decoded that is only passed on, and what was not decoded need not be encoded.
 *
 * Session descriptions, nine tenths of all that is relayed, are not even parsed: they are taken out as JSON literals
 * before the rest is, and go into the next frame as they came.
 */
export interface Frame {
  readonly json: unknown;
  /** The JSON literal of a session description in `json`, in its canonical form, or of any other text. */
  literalOf(text: string): string;
}

const FIELD = `"sdp":"`;

/** Stands for a literal that was taken out. Not to be guessed, so nobody can write one. */
const PLACEHOLDER = randomUUID();

/** @throws {WireError} for what is not JSON. */
export function readFrame(bytes: Buffer): Frame {
  const text = withoutEscapedBytes(bytes.toString("latin1"), bytes);
  const hasControls = hasControlCharacters(bytes);
  const literals: string[] = [];
  let rest = "";
  let taken = 0;
  for (let start = text.indexOf(FIELD); start >= 0; start = text.indexOf(FIELD, taken)) {
    const open = start + FIELD.length - 1;
    const end = endOfString(text, open + 1);
    if (end < 0) break;
    rest += `${text.slice(taken, open)}"${PLACEHOLDER}${literals.length}"`;
    literals.push(text.slice(open, end));
    taken = end;
  }
  return {
    json: parseJson(rest + text.slice(taken)),
    literalOf(value) {
      if (!value.startsWith(PLACEHOLDER)) return JSON.stringify(value);
      const literal = literals[Number(value.slice(PLACEHOLDER.length))] ?? `""`;
      const isCanonical = !hasControls && hasOnlyLineEnds(literal);
      return isCanonical ? literal : JSON.stringify(parseJson(literal));
    },
  };
}

/**
 * Whether all escapes of a literal are line ends, which is all that session descriptions need. With others a word such as
 * `candidate` could be written in many ways.
 */
function hasOnlyLineEnds(literal: string): boolean {
  for (let at = literal.indexOf("\\"); at >= 0; at = literal.indexOf("\\", at + 2)) {
    if (literal.startsWith("\\r\\n", at)) at += 2;
    else if (literal.charCodeAt(at + 1) !== LETTER_N) return false;
  }
  return true;
}

/** JSON has none within strings. Looks at four bytes at a time: all that is relayed has to pass here. */
function hasControlCharacters(bytes: Buffer): boolean {
  const isControl = (byte: number) => byte < 0x20;
  if (bytes.length < 8) return bytes.some(isControl);
  const ahead = -bytes.byteOffset & 3;
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + ahead, (bytes.length - ahead) >> 2);
  let found = 0;
  for (let index = 0; index < words.length; index++) {
    const word = words[index] as number;
    // The highest bit of each byte below 0x20, and of none but those unless one of them is there.
    found |= (word - 0x20202020) & ~word;
  }
  if ((found & 0x80808080) !== 0) return true;
  return bytes.subarray(0, ahead).some(isControl) || bytes.subarray(ahead + words.byteLength).some(isControl);
}

/** Text as bytes, for a frame. */
export function toBytes(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

/** @returns the index behind the closing quote, -1 where there is none. */
function endOfString(text: string, from: number): number {
  for (let quote = text.indexOf('"', from); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return quote + 1;
  }
  return -1;
}

const BACKSLASH = "\\".charCodeAt(0);
const LETTER_N = "n".charCodeAt(0);

/**
 * Some clients write `\u00e9` where others write the character: once parsed it would be taken for a byte of UTF-8.
 * They are rare enough to have their frames written anew.
 */
function withoutEscapedBytes(text: string, bytes: Buffer): string {
  for (let at = text.indexOf("\\u"); at >= 0; at = text.indexOf("\\u", at + 2)) {
    if (/^00[0-7]/.test(text.slice(at + 2, at + 5))) continue;
    return toBytes(JSON.stringify(parseJson(bytes.toString("utf8"))));
  }
  return text;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new WireError("not_json", `message: expected JSON, got other text of ${text.length} characters`, {
      cause,
    });
  }
}

import { PlaylistError } from "./playlist-error.js";

/**
 * Splits a playlist into lines without their ends (LF or CRLF) and checks the first one.
 *
 * @throws {PlaylistError} when the text is no HLS playlist.
 */
export function linesOf(text: string): readonly string[] {
  const lines = text.split(/\r?\n/);
  if (lines[0]?.trimEnd() !== "#EXTM3U") throw new PlaylistError("line 1: expected #EXTM3U");
  return lines;
}

/** A line's tag name and value: `#EXTINF:2,` → `["#EXTINF", "2,"]`; `undefined` for comments, blanks and URIs. */
export function tagOf(line: string): [name: string, value: string] | undefined {
  if (!line.startsWith("#EXT")) return undefined;
  const colon = line.indexOf(":");
  return colon === -1 ? [line.trimEnd(), ""] : [line.slice(0, colon), line.slice(colon + 1).trim()];
}

/** Whether the line is a URI rather than a tag, a comment or blank (RFC 8216bis, 4.1). */
export function isUri(line: string): boolean {
  return !line.startsWith("#") && line.trim() !== "";
}

/** Reads a decimal integer from 0 that a double represents exactly. */
export function integerAt(line: number, tag: string, value: string): number {
  const number = /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
  if (!Number.isSafeInteger(number)) {
    throw new PlaylistError(
      `line ${line + 1}: ${tag} expects an integer, got ${JSON.stringify(value.slice(0, 40))}`,
    );
  }
  return number;
}

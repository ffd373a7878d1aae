import { PlaylistError } from "./playlist-error.js";

/** A day of two-second segments with all their tags has less. */
export const MAX_PLAYLIST_BYTES = 16 * 1024 * 1024;

/**
 * The text of a playlist (RFC 8216bis, 4.1: UTF-8; a byte order mark, which some packagers write, is passed over).
 *
 * @throws {PlaylistError} for anything that is no text, or too long.
 */
export function decodePlaylist(bytes: Uint8Array): string {
  if (bytes.byteLength > MAX_PLAYLIST_BYTES) {
    throw new PlaylistError(`expected at most ${MAX_PLAYLIST_BYTES} bytes, got ${bytes.byteLength}`);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new PlaylistError("expected UTF-8", { cause });
  }
}

import { parseAttributes } from "./attributes.js";
import { isUri, linesOf, tagOf } from "./lines.js";
import { PlaylistError } from "./playlist-error.js";

/** A media playlist that a master playlist points at. */
export interface Rendition {
  /** As written, relative to the master playlist. */
  uri: string;
  /** `EXT-X-STREAM-INF`, or `EXT-X-MEDIA` for alternative audio and subtitles. */
  role: "variant" | "media";
  /** Index of the line that holds the URI in {@link MasterPlaylist.lines}. */
  line: number;
  attributes: ReadonlyMap<string, string>;
}

export interface MasterPlaylist {
  /** Every line without its end, known or not: what a rewriter has to preserve. */
  lines: readonly string[];
  /** At least one; a URI that several lines name stands here once. */
  renditions: readonly Rendition[];
}

/** Tells a master playlist from a media playlist, as RFC 8216bis, 4.1 does: by the tags that occur. */
export function isMasterPlaylist(text: string): boolean {
  return /^#EXT-X-(?:STREAM-INF|MEDIA|I-FRAME-STREAM-INF):/m.test(text);
}

/**
 * Reads a master (multivariant) playlist. Unknown tags and comments are passed over.
 *
 * @throws {PlaylistError} naming the line.
 */
export function parseMasterPlaylist(text: string): MasterPlaylist {
  const lines = linesOf(text);
  const renditions = new Map<string, Rendition>();
  const add = (rendition: Rendition) => {
    if (!renditions.has(rendition.uri)) renditions.set(rendition.uri, rendition);
  };
  let pending: { line: number; attributes: ReadonlyMap<string, string> } | undefined;

  for (const [line, content] of lines.entries()) {
    if (isUri(content)) {
      if (!pending) throw new PlaylistError(`line ${line + 1}: a URI without #EXT-X-STREAM-INF before it`);
      add({ uri: content.trim(), role: "variant", line, attributes: pending.attributes });
      pending = undefined;
      continue;
    }
    const [tag, value] = tagOf(content) ?? [];
    if (tag === "#EXT-X-STREAM-INF") pending = { line, attributes: parseAttributes(value ?? "") };
    if (tag === "#EXT-X-MEDIA") {
      const attributes = parseAttributes(value ?? "");
      const uri = attributes.get("URI");
      // Without a URI the media are muxed into the variants.
      if (uri !== undefined) add({ uri, role: "media", line, attributes });
    }
  }
  if (pending) throw new PlaylistError(`line ${pending.line + 1}: #EXT-X-STREAM-INF without a URI after it`);
  if (renditions.size === 0) throw new PlaylistError("no #EXT-X-STREAM-INF: expected a master playlist");
  return { lines, renditions: [...renditions.values()] };
}

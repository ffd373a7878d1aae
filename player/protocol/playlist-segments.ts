/** One line of a playlist with its end, so that the lines put together are the text. */
export interface PlaylistLine {
  readonly content: string;
  /** `\n`, `\r\n`, or nothing at the end of the text. */
  readonly end: string;
}

/** A media segment as its playlist names it. */
export interface ListedSegment {
  /** Of the line with the URI. */
  readonly line: number;
  /** As written: relative, and with any variables of `#EXT-X-DEFINE`. */
  readonly uri: string;
  /** First and last byte, both included; `undefined` for a whole resource. */
  readonly byteRange: { readonly start: number; readonly end: number } | undefined;
  /** `#EXT-X-GAP`: there is nothing at its address. */
  readonly isGap: boolean;
}

export function playlistLines(text: string): PlaylistLine[] {
  const lines: PlaylistLine[] = [];
  for (let from = 0; from < text.length; ) {
    const feed = text.indexOf("\n", from);
    const to = feed === -1 ? text.length : feed + 1;
    const length = feed === -1 ? 0 : text[feed - 1] === "\r" && feed > from ? 2 : 1;
    lines.push({ content: text.slice(from, to - length), end: text.slice(to - length, to) });
    from = to;
  }
  return lines;
}

/** Tells media playlists from multivariant ones and from everything else. */
export function isMediaPlaylist(lines: readonly PlaylistLine[]): boolean {
  if (lines[0]?.content.trimEnd() !== "#EXTM3U") return false;
  return lines.some(({ content }) => /^#(?:EXTINF|EXT-X-TARGETDURATION):/.test(content));
}

/**
 * The segments of a media playlist in their order; unknown tags and comments are passed over, and so are URIs
 * without a duration, of which players make no segment either. Never throws.
 */
export function listSegments(lines: readonly PlaylistLine[]): ListedSegment[] {
  const segments: ListedSegment[] = [];
  let hasDuration = false;
  let isGap = false;
  let range: { length: number; offset: number | undefined } | undefined;
  lines.forEach(({ content }, line) => {
    if (content.startsWith("#")) {
      if (content.startsWith("#EXTINF:")) hasDuration = true;
      else if (content.trimEnd() === "#EXT-X-GAP") isGap = true;
      else if (content.startsWith(BYTE_RANGE)) range = parseByteRange(content.slice(BYTE_RANGE.length));
      return;
    }
    const uri = content.trim();
    if (uri === "" || !hasDuration) return;
    segments.push({ line, uri, byteRange: range && rangeOf(range, uri, segments.at(-1)), isGap });
    hasDuration = false;
    isGap = false;
    range = undefined;
  });
  return segments;
}

const BYTE_RANGE = "#EXT-X-BYTERANGE:";

/** `<length>[@<offset>]` (RFC 8216bis, 4.4.4.2). */
function parseByteRange(value: string): { length: number; offset: number | undefined } {
  const [, length, offset] = /^\s*(\d{1,15})(?:@(\d{1,15}))?\s*$/.exec(value) ?? [];
  return { length: Number(length), offset: offset === undefined ? undefined : Number(offset) };
}

/** Without an offset a range begins behind the one before it, which has to be of the same resource. */
function rangeOf(
  { length, offset }: { length: number; offset: number | undefined },
  uri: string,
  before: ListedSegment | undefined,
): ListedSegment["byteRange"] {
  const start = offset ?? (before?.uri === uri && before.byteRange ? before.byteRange.end + 1 : Number.NaN);
  return { start, end: start + length - 1 };
}

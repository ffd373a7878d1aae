import type { LevelParsed } from "hls.js";
import { isMasterPlaylist, parseMasterPlaylist } from "../../origin/playlist/master.js";
import { parseMediaPlaylist } from "../../origin/playlist/media.js";
import type { Segment, Track } from "../../player/delivery/segment.js";
import { levelFingerprint } from "../../player/pml/fingerprint.js";
import { listSegments, playlistLines, readDigests } from "../../player/protocol/index.js";

/** A rendition, best first as its bitrate says. */
export interface Variant {
  readonly url: string;
  readonly bitsPerSecond: number;
  readonly track: Track;
}

/** The variants of a master playlist, the highest bitrate first; a media playlist is the only one of its stream. */
export function readVariants(text: string, url: string): Variant[] {
  if (!isMasterPlaylist(text)) return [variantOf(url, new Map())];
  return parseMasterPlaylist(text)
    .renditions.filter(({ role }) => role === "variant")
    .map(({ uri, attributes }) => variantOf(new URL(uri, url).href, attributes))
    .sort((a, b) => b.bitsPerSecond - a.bitsPerSecond);
}

function variantOf(url: string, attributes: ReadonlyMap<string, string>): Variant {
  const level = levelOf(attributes);
  return {
    url,
    bitsPerSecond: level.bitrate,
    track: { id: `main:${url}`, type: "main", fingerprint: levelFingerprint(level) },
  };
}

const VIDEO_CODEC = /^(?:avc|hvc|hev|dvh|av01|vp0?[89])/;

/** As hls.js reads it, so that browsers and headless viewers meet in one swarm. */
function levelOf(attributes: ReadonlyMap<string, string>): LevelParsed {
  const [width, height] = (attributes.get("RESOLUTION") ?? "").split("x").map(Number);
  const codecs = attributes.get("CODECS")?.replaceAll('"', "").split(",") ?? [];
  const videoCodec = codecs.find((codec) => VIDEO_CODEC.test(codec.trim()))?.trim();
  return {
    bitrate: Number(attributes.get("BANDWIDTH") ?? 0),
    ...(videoCodec !== undefined && { videoCodec }),
    ...(width && height && { width, height }),
    attrs: Object.fromEntries(attributes),
  } as unknown as LevelParsed;
}

export interface ReadPlaylist {
  readonly segments: readonly Segment[];
  readonly isLive: boolean;
  readonly targetDurationS: number;
}

/** Reads one rendition's playlist again and again, and keeps its timeline as hls.js does. */
export class PlaylistReader {
  readonly #track: Track;
  /** Where each segment begins, by its number. */
  readonly #startS = new Map<number, number>();

  constructor(track: Track) {
    this.#track = track;
  }

  read(text: string, url: string): ReadPlaylist {
    const playlist = parseMediaPlaylist(text);
    const digests = readDigests(text);
    const listed = listSegments(playlistLines(text));
    const isLive = !playlist.isEnded;
    let endS: number | undefined;
    const segments = playlist.segments.map(({ uri, durationUs }, index) => {
      const number = isLive ? playlist.mediaSequence + index : index;
      const startS = this.#startS.get(number) ?? endS ?? 0;
      this.#startS.set(number, startS);
      endS = startS + durationUs / 1e6;
      return {
        track: this.#track,
        number,
        url: new URL(uri, url).href,
        byteRange: listed[index]?.byteRange,
        startS,
        endS,
        digest: digests[index],
      };
    });
    const [first] = segments;
    for (const number of this.#startS.keys()) if (first && number < first.number) this.#startS.delete(number);
    return { segments, isLive, targetDurationS: playlist.targetDurationSeconds };
  }
}

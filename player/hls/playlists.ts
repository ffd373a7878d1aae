import type Hls from "hls.js";
import type { Fragment, LevelDetails, ManifestLoadedData } from "hls.js";
import type { Segment, Track } from "../delivery/segment.js";
import { audioFingerprint, levelFingerprint } from "../pml/fingerprint.js";
import { listSegments, playlistLines, readDigests, type SegmentDigest } from "../protocol/index.js";

/** A media playlist as hls.js has loaded it. */
export interface LoadedPlaylist {
  readonly track: Track;
  readonly segments: readonly Segment[];
  readonly isLive: boolean;
  readonly targetDurationS: number;
  /** The very text. */
  readonly text: string;
  /** Where it came from, after redirects. */
  readonly url: string;
}

/** Told of every playlist that hls.js loads. */
export interface PlaylistListener {
  manifestLoading(url: string): void;
  playlistUpdated(playlist: LoadedPlaylist): void;
}

/**
 * Turns hls.js' playlists into tracks and segments.
 *
 * @returns stops listening.
 */
export function followPlaylists(hls: Hls, Events: typeof Hls.Events, listener: PlaylistListener): () => void {
  const tracks = new Map<string, Track>();
  /** Tracks that have been live keep numbering by media sequence after their end tag. */
  const numberedBySequence = new Set<string>();

  const onLoading = (_event: string, { url }: { url: string }) => {
    tracks.clear();
    numberedBySequence.clear();
    listener.manifestLoading(url);
  };
  const onManifest = (_event: string, { levels, audioTracks }: ManifestLoadedData) => {
    for (const level of levels) {
      tracks.set(level.url, {
        id: `main:${level.url}`,
        type: "main",
        fingerprint: levelFingerprint(level),
        bitsPerSecond: level.bitrate || undefined,
      });
    }
    for (const track of audioTracks) {
      tracks.set(track.url, {
        id: `audio:${track.url}`,
        type: "audio",
        fingerprint: audioFingerprint(track),
      });
    }
  };
  const onUpdated = (url: string | undefined, details: LevelDetails) => {
    const track = url === undefined ? undefined : tracks.get(url);
    if (!track) return;
    if (details.live) numberedBySequence.add(track.id);
    listener.playlistUpdated({
      track,
      segments: segmentsOf(track, details, numberedBySequence.has(track.id)),
      isLive: details.live,
      targetDurationS: details.targetduration,
      text: details.m3u8,
      url: details.url,
    });
  };
  const onLevel = (_event: string, { level, details }: { level: number; details: LevelDetails }) =>
    onUpdated(hls.levels[level]?.uri, details);
  const onAudio = (_event: string, { id, details }: { id: number; details: LevelDetails }) =>
    onUpdated(hls.audioTracks[id]?.url, details);

  hls.on(Events.MANIFEST_LOADING, onLoading);
  hls.on(Events.MANIFEST_LOADED, onManifest);
  hls.on(Events.LEVEL_UPDATED, onLevel);
  hls.on(Events.AUDIO_TRACK_UPDATED, onAudio);
  return () => {
    hls.off(Events.MANIFEST_LOADING, onLoading);
    hls.off(Events.MANIFEST_LOADED, onManifest);
    hls.off(Events.LEVEL_UPDATED, onLevel);
    hls.off(Events.AUDIO_TRACK_UPDATED, onAudio);
  };
}

function segmentsOf(track: Track, details: LevelDetails, isNumberedBySequence: boolean): Segment[] {
  const segments: Segment[] = [];
  const digestOf = digestsOf(details.m3u8);
  details.fragments.forEach((fragment, index) => {
    // hls.js fills the place of skipped fragments (delta updates) with null until it has merged them.
    if (!fragment?.url || fragment.gap) return;
    const [start, end] = fragment.byteRange;
    segments.push({
      track,
      number: isNumberedBySequence ? fragment.sn : index,
      url: fragment.url,
      byteRange: start !== undefined && end !== undefined ? { start, end: end - 1 } : undefined,
      startS: fragment.start,
      endS: fragment.end,
      digest: digestOf(fragment),
    });
  });
  return segments;
}

const MEDIA_SEQUENCE = /^#EXT-X-MEDIA-SEQUENCE:(\d+)/m;
const SKIPPED = /^#EXT-X-SKIP:(?:.*,)?SKIPPED-SEGMENTS=(\d+)/m;

/** What a playlist's lines say of its segments, by media sequence number. */
function digestsOf(text: string): (fragment: Fragment) => SegmentDigest | undefined {
  const first = Number(MEDIA_SEQUENCE.exec(text)?.[1] ?? 0) + Number(SKIPPED.exec(text)?.[1] ?? 0);
  const digests = readDigests(text);
  const listed = listSegments(playlistLines(text));
  return ({ sn, relurl }) => {
    const index = Number(sn) - first;
    const uri = listed[index]?.uri;
    // Should hls.js count otherwise for once, nothing is said; variables in URIs it has replaced.
    return uri !== undefined && (relurl?.trim() === uri || uri.includes("{$")) ? digests[index] : undefined;
  };
}

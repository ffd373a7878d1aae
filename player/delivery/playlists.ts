import type { Segment, Track } from "./segment.js";

/** A track's playlist as it stands now. */
export interface Playlist {
  readonly segments: readonly Segment[];
  readonly isLive: boolean;
  readonly targetDurationS: number;
}

const EMPTY: Playlist = { segments: [], isLive: false, targetDurationS: 0 };

/** The playlists of all tracks that hls.js has loaded, and the segments in them by address. */
export class Playlists {
  readonly #byTrack = new Map<string, Playlist & { readonly byAddress: ReadonlyMap<string, Segment> }>();

  set(track: Track, playlist: Playlist): void {
    const byAddress = new Map(
      playlist.segments.map((segment) => [address(segment.url, segment.byteRange?.start), segment]),
    );
    this.#byTrack.set(track.id, { ...playlist, byAddress });
  }

  of(track: Track): Playlist {
    return this.#byTrack.get(track.id) ?? EMPTY;
  }

  find(url: string, rangeStart: number | undefined): Segment | undefined {
    for (const { byAddress } of this.#byTrack.values()) {
      const segment = byAddress.get(address(url, rangeStart));
      if (segment) return segment;
    }
    return undefined;
  }
}

function address(url: string, rangeStart: number | undefined): string {
  return rangeStart === undefined ? url : `${url}|${rangeStart}`;
}

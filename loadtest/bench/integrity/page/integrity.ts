import { systemClock } from "../../../../player/clock.js";
import type { Segment, Track } from "../../../../player/delivery/segment.js";
import { Integrity, type IntegrityPolicy, type Verdict } from "../../../../player/integrity/integrity.js";
import { KeyRing } from "../../../../player/integrity/key-ring.js";
import { listSegments, playlistLines, readDigests } from "../../../../player/protocol/index.js";

declare global {
  interface Window {
    /** Loads a playlist and its segments. */
    load(playlistUrl: string): Promise<{ readonly segments: number; readonly bytes: number }>;
    /** Checks segments as the player does, one after the other, until so many bytes have been checked. */
    check(policy: IntegrityPolicy, bytes: number): Promise<Checked>;
  }
}

export interface Checked {
  readonly bytes: number;
  readonly verdicts: readonly Verdict[];
}

const track: Track = { id: "main", type: "main", fingerprint: "bench" };
let playlist: { readonly text: string; readonly url: string };
let loaded: { readonly segment: Segment; readonly data: ArrayBuffer }[] = [];

window.load = async (playlistUrl) => {
  const response = await fetch(playlistUrl);
  playlist = { text: await response.text(), url: response.url };
  const digests = readDigests(playlist.text);
  loaded = await Promise.all(
    listSegments(playlistLines(playlist.text)).map(async ({ uri }, number) => {
      const url = new URL(uri, playlist.url).href;
      const segment = { track, number, url, byteRange: undefined, startS: number, endS: number + 1 };
      return {
        segment: { ...segment, digest: digests[number] },
        data: await (await fetch(url)).arrayBuffer(),
      };
    }),
  );
  return {
    segments: loaded.length,
    bytes: loaded.reduce((sum, { data }) => sum + data.byteLength, 0),
  };
};

window.check = async (policy, bytes) => {
  const integrity = new Integrity({
    policy,
    keys: new KeyRing({
      configured: undefined,
      subtle: crypto.subtle,
      fetch: (...asked) => fetch(...asked),
      clock: systemClock,
    }),
    subtle: crypto.subtle,
    onChange: () => {},
    warn: (because) => console.warn(because),
  });
  integrity.learn(
    track.id,
    playlist.text,
    playlist.url,
    loaded.map(({ segment }) => segment),
  );
  const verdicts = new Set<Verdict>();
  let checked = 0;
  while (checked < bytes && loaded.length > 0) {
    for (const { segment, data } of loaded) {
      verdicts.add(await integrity.check(segment, data));
      checked += data.byteLength;
    }
  }
  return { bytes: checked, verdicts: [...verdicts] };
};

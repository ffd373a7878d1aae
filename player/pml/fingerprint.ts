import type { LevelParsed, MediaPlaylist } from "hls.js";
import { generateStreamShortId } from "p2p-media-loader-core";

// The attributes are those that p2p-media-loader-hlsjs takes, so that its players meet ours in one swarm.

export function levelFingerprint(level: LevelParsed): string {
  const { bitrate, videoCodec, width, height, attrs } = level;
  if (!bitrate) return generateStreamShortId({ bitrate: 0 });
  return generateStreamShortId({
    bitrate,
    codecs: videoCodec ?? null,
    width: width ?? null,
    height: height ?? null,
    frameRate: attrs["FRAME-RATE"] ?? null,
    videoRange: attrs["VIDEO-RANGE"] ?? null,
  });
}

export function audioFingerprint(track: MediaPlaylist): string {
  return generateStreamShortId({
    bitrate: 0,
    codecs: track.audioCodec ?? null,
    language: track.lang ?? null,
    channels: track.channels ?? null,
    name: track.name,
  });
}

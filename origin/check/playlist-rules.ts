import type { MasterPlaylist } from "../playlist/master.js";
import type { MediaPlaylist } from "../playlist/media.js";
import type { Finding } from "./finding.js";

/** Longer segments make peers wait long for each other; shorter ones cost a message each. */
const GOOD_SEGMENT_SECONDS = { least: 1, most: 10 };
/** RFC 8216bis, 6.2.2. */
const LEAST_LIVE_TARGETS = 3;

/** What RFC 8216bis demands of a media playlist, and what sharing likes. */
export function* mediaFindings(where: string, playlist: MediaPlaylist): Iterable<Finding> {
  const { segments, targetDurationSeconds, isEnded } = playlist;
  const error = (text: string): Finding => ({ level: "error", rule: "conformance", where, text });
  if (segments.length === 0) yield error("it has no segments");
  const long = segments.filter(({ durationUs }) => Math.round(durationUs / 1e6) > targetDurationSeconds);
  if (long.length > 0) {
    const { uri, durationUs } = long[0] ?? { uri: "", durationUs: 0 };
    yield error(
      `${uri} lasts ${durationUs / 1e6} s, longer than #EXT-X-TARGETDURATION:${targetDurationSeconds} allows (and ${long.length - 1} more)`,
    );
  }
  const hasMap = segments.some(({ map }) => map);
  const needed = hasMap ? 6 : segments.some(({ durationUs }) => durationUs % 1e6 !== 0) ? 3 : 1;
  if (playlist.version < needed) {
    yield error(`#EXT-X-VERSION is ${playlist.version}, but what it uses needs ${needed}`);
  }
  const totalUs = segments.reduce((sum, { durationUs }) => sum + durationUs, 0);
  if (!isEnded && segments.length > 0 && totalUs < LEAST_LIVE_TARGETS * targetDurationSeconds * 1e6) {
    yield error(`a live playlist must hold three target durations, but it holds ${totalUs / 1e6} s`);
  }
  const names = segments.map(({ uri, byteRange }) => `${uri} ${byteRange ?? ""}`);
  const isRepeating = new Set(names).size < names.length;
  if (isRepeating) {
    yield {
      level: "warning",
      rule: "segments",
      where,
      text: "it names a segment twice: caches and peers know segments by their names",
    };
  }
  const { least, most } = GOOD_SEGMENT_SECONDS;
  if (targetDurationSeconds < least || targetDurationSeconds > most) {
    yield {
      level: "warning",
      rule: "segments",
      where,
      text: `segments of ${targetDurationSeconds} s share badly: use ${least} to ${most} s`,
    };
  }
  if (playlist.lines.some((line) => line.startsWith("#EXT-X-PART:"))) {
    yield { level: "warning", rule: "segments", where, text: "low-latency parts do not pass through peers" };
  }
}

/** Renditions that are cut differently cannot be switched without a gap. */
export function* alignmentFindings(renditions: ReadonlyMap<string, MediaPlaylist>): Iterable<Finding> {
  const [[firstPath, first] = [], ...others] = renditions;
  if (!first) return;
  for (const [where, playlist] of others) {
    const index = playlist.segments.findIndex(({ durationUs }, place) => {
      const other = first.segments[place]?.durationUs;
      // The last one is a remainder.
      return other !== undefined && place < first.segments.length - 1 && Math.abs(other - durationUs) > 5e5;
    });
    const isSameStart = playlist.mediaSequence === first.mediaSequence;
    if (isSameStart && index !== -1 && index < playlist.segments.length - 1) {
      yield {
        level: "warning",
        rule: "segments",
        where,
        text: `segment ${index} is cut differently from ${firstPath}`,
      };
    }
  }
}

export function* masterFindings(where: string, master: MasterPlaylist): Iterable<Finding> {
  for (const { uri, role, attributes } of master.renditions) {
    if (role !== "variant") continue;
    if (!/^\d+$/.test(attributes.get("BANDWIDTH") ?? "")) {
      yield { level: "error", rule: "conformance", where, text: `${uri} has no BANDWIDTH` };
    }
    if (!attributes.has("CODECS")) {
      yield {
        level: "warning",
        rule: "conformance",
        where,
        text: `${uri} has no CODECS: players have to guess`,
      };
    }
  }
}

/** The last segment's end by its date, against this machine's clock. */
export function* clockFindings(where: string, playlist: MediaPlaylist, nowMs: number): Iterable<Finding> {
  if (playlist.isEnded) return;
  const dated = playlist.segments.findLastIndex(({ programDateTimeMs }) => programDateTimeMs !== undefined);
  const startMs = playlist.segments[dated]?.programDateTimeMs;
  if (startMs === undefined) {
    yield {
      level: "warning",
      rule: "clock",
      where,
      text: "a live playlist without #EXT-X-PROGRAM-DATE-TIME: latency cannot be told",
    };
    return;
  }
  const lengthUs = playlist.segments.slice(dated).reduce((sum, { durationUs }) => sum + durationUs, 0);
  const lagS = (nowMs - startMs - lengthUs / 1000) / 1000;
  const targetS = playlist.targetDurationSeconds;
  const text = `the newest segment's end is ${lagS.toFixed(1)} s behind this machine's clock`;
  const isFar = lagS < -1 || lagS > 3 * targetS;
  yield { level: isFar ? "warning" : "ok", rule: "clock", where, text };
}

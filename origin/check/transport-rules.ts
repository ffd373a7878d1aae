import type { MediaPlaylist } from "../playlist/media.js";
import { type Fetched, fetchFor, PAGE_ORIGIN } from "./fetched.js";
import type { Finding } from "./finding.js";

/** Shorter, and every CDN edge asks again while viewers still want the segment. */
const LEAST_SEGMENT_AGE_S = 60;

/** How caches may keep a playlist: a live one must not be older than its target duration. */
export function* playlistTransport(
  where: string,
  fetched: Fetched,
  playlist: MediaPlaylist,
): Iterable<Finding> {
  yield corsFinding(where, fetched);
  const maxAge = maxAgeOf(fetched);
  if (playlist.isEnded) return;
  if (maxAge === undefined) {
    yield {
      level: "warning",
      rule: "caching",
      where,
      text: "a live playlist without max-age: caches may keep it as long as they like",
    };
  } else if (maxAge > playlist.targetDurationSeconds) {
    const text = `caches keep the live playlist for ${maxAge} s, longer than its target duration`;
    yield { level: "error", rule: "caching", where, text };
  } else
    yield { level: "ok", rule: "caching", where, text: `a live playlist that caches keep for ${maxAge} s` };
}

/** Whether a segment can be cached, read by pages, and read in parts. */
export async function segmentTransport(where: string, fetched: Fetched): Promise<Finding[]> {
  if (fetched.status !== 200) {
    return [
      {
        level: "error",
        rule: "conformance",
        where,
        text: `the server answers with status ${fetched.status}`,
      },
    ];
  }
  const findings: Finding[] = [corsFinding(where, fetched)];
  if (fetched.body.byteLength === 0)
    findings.push({ level: "error", rule: "segments", where, text: "it is empty" });
  const maxAge = maxAgeOf(fetched);
  if (maxAge === undefined || maxAge < LEAST_SEGMENT_AGE_S) {
    const text = `caches keep the segment for ${maxAge ?? "an unknown number of"} s; a segment never changes, so use a year`;
    findings.push({ level: "warning", rule: "caching", where, text });
  } else
    findings.push({
      level: "ok",
      rule: "caching",
      where,
      text: `a segment that caches keep for ${maxAge} s`,
    });
  if (!fetched.headers.has("content-length")) {
    findings.push({
      level: "warning",
      rule: "caching",
      where,
      text: "its length is not told (Content-Length)",
    });
  }
  const part = await fetchFor(fetched.url, { Range: "bytes=0-0" });
  const isPart = part.status === 206 && part.body.byteLength === 1;
  const text = isPart
    ? "ranges are served"
    : `a range is answered with status ${part.status} and ${part.body.byteLength} bytes`;
  findings.push({ level: isPart ? "ok" : "warning", rule: "ranges", where, text });
  return findings;
}

/** By the server's `Date`, which is the clock that its caches go by. */
export function serverClock(where: string, { headers }: Fetched, nowMs: number): Finding {
  const dateMs = Date.parse(headers.get("date") ?? "");
  if (Number.isNaN(dateMs))
    return { level: "warning", rule: "clock", where, text: "the server tells no Date" };
  const offS = (dateMs - nowMs) / 1000;
  // Date has whole seconds, and the answer took a while.
  const isFar = Math.abs(offS) > 3;
  return {
    level: isFar ? "warning" : "ok",
    rule: "clock",
    where,
    text: `the server's clock is ${offS.toFixed(0)} s off this one`,
  };
}

function corsFinding(where: string, { headers }: Fetched): Finding {
  const allowed = headers.get("access-control-allow-origin");
  if (allowed === "*")
    return { level: "ok", rule: "cors", where, text: "pages of all web origins may read it" };
  if (allowed === PAGE_ORIGIN)
    return { level: "ok", rule: "cors", where, text: "pages of other web origins may read it" };
  const text = "pages of other web origins may not read it (no Access-Control-Allow-Origin for them)";
  return { level: "warning", rule: "cors", where, text };
}

function maxAgeOf({ headers }: Fetched): number | undefined {
  const control = headers.get("cache-control") ?? "";
  if (/\bno-(store|cache)\b/.test(control)) return 0;
  const [, seconds] = /\bs-maxage=(\d+)/.exec(control) ?? /\bmax-age=(\d+)/.exec(control) ?? [];
  return seconds === undefined ? undefined : Number(seconds);
}

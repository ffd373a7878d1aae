import { readDigests } from "../../player/protocol/index.js";
import { decodePlaylist } from "../playlist/decode.js";
import { isMasterPlaylist, parseMasterPlaylist } from "../playlist/master.js";
import { type MediaPlaylist, parseMediaPlaylist } from "../playlist/media.js";
import { type Fetched, fetchFor } from "./fetched.js";
import type { Finding } from "./finding.js";
import { integrityFindings, segmentIntegrity } from "./integrity-rules.js";
import { alignmentFindings, clockFindings, masterFindings, mediaFindings } from "./playlist-rules.js";
import { playlistTransport, segmentTransport, serverClock } from "./transport-rules.js";

/** Renditions that are looked at; a presentation with more is made by one program anyway. */
const MAX_RENDITIONS = 20;

/**
 * Looks at an HLS presentation as a player and a cache would.
 *
 * @param url of a master or media playlist.
 */
export async function checkPresentation(url: string, clock: () => number): Promise<Finding[]> {
  const findings: Finding[] = [];
  const first = await fetchPlaylist(url, url, findings);
  if (!first) return findings;
  findings.push(serverClock(nameOf(url, url), first.fetched, clock()));
  const renditions = new Map<string, MediaPlaylist>();
  if (!isMasterPlaylist(first.text)) {
    await checkMedia(url, url, first, renditions, findings, clock);
    return findings;
  }
  const master = tryParse(nameOf(url, url), first.text, parseMasterPlaylist, findings);
  if (!master) return findings;
  findings.push(...masterFindings(nameOf(url, url), master));
  for (const { uri } of master.renditions.slice(0, MAX_RENDITIONS)) {
    const at = new URL(uri, first.fetched.url).href;
    const media = await fetchPlaylist(url, at, findings);
    if (media) await checkMedia(url, at, media, renditions, findings, clock);
  }
  findings.push(...alignmentFindings(renditions));
  return findings;
}

interface FetchedPlaylist {
  fetched: Fetched;
  text: string;
}

async function fetchPlaylist(
  base: string,
  url: string,
  findings: Finding[],
): Promise<FetchedPlaylist | undefined> {
  const where = nameOf(base, url);
  try {
    const fetched = await fetchFor(url);
    if (fetched.status !== 200) throw new Error(`the server answers with status ${fetched.status}`);
    return { fetched, text: decodePlaylist(fetched.body) };
  } catch (error) {
    findings.push({ level: "error", rule: "conformance", where, text: (error as Error).message });
    return undefined;
  }
}

async function checkMedia(
  base: string,
  url: string,
  { fetched, text }: FetchedPlaylist,
  renditions: Map<string, MediaPlaylist>,
  findings: Finding[],
  clock: () => number,
): Promise<void> {
  const where = nameOf(base, url);
  const playlist = tryParse(where, text, parseMediaPlaylist, findings);
  if (!playlist) return;
  renditions.set(where, playlist);
  findings.push(
    ...mediaFindings(where, playlist),
    ...playlistTransport(where, fetched, playlist),
    ...clockFindings(where, playlist, clock()),
    ...(await integrityFindings(where, fetched.url, text)),
  );
  const digests = readDigests(text);
  // The oldest may be about to leave, the newest has just come: where packagers and caches go wrong.
  for (const index of new Set([0, playlist.segments.length - 1])) {
    const segment = playlist.segments[index];
    if (!segment || segment.byteRange !== undefined) continue;
    const at = new URL(segment.uri, fetched.url).href;
    const name = nameOf(base, at);
    try {
      const answer = await fetchFor(at);
      findings.push(...(await segmentTransport(name, answer)));
      if (answer.status === 200) findings.push(...segmentIntegrity(name, answer, digests[index]?.sha256));
    } catch (error) {
      findings.push({ level: "error", rule: "conformance", where: name, text: (error as Error).message });
    }
  }
}

function tryParse<Playlist>(
  where: string,
  text: string,
  parse: (text: string) => Playlist,
  findings: Finding[],
): Playlist | undefined {
  try {
    const playlist = parse(text);
    findings.push({ level: "ok", rule: "conformance", where, text: "it can be read" });
    return playlist;
  } catch (error) {
    findings.push({ level: "error", rule: "conformance", where, text: (error as Error).message });
    return undefined;
  }
}

/** Relative to the folder of the presentation's first playlist, where it lies below it. */
function nameOf(base: string, url: string): string {
  const folder = new URL(".", base).href;
  return url.startsWith(folder) ? url.slice(folder.length) : url;
}

import { parseMediaPlaylist } from "../../origin/playlist/media.js";
import { pathInStream } from "../../origin/playlist/uri.js";

/** What a playlist said of one segment, which may never change. */
interface Seen {
  uri: string;
  durationUs: number;
  discontinuity: number;
}

/** Polls a live media playlist and holds it to RFC 8216bis, 6.2.1: it only grows at its end and shrinks at its start. */
export class StrictViewer {
  readonly seen = new Map<number, Seen>();
  readonly problems: string[] = [];
  readonly #fetched = new Set<string>();
  readonly #stream: string;
  readonly #path: string;
  #first = 0;

  /** @param stream address of the stream without a closing slash. */
  constructor(stream: string, path: string) {
    this.#stream = stream;
    this.#path = path;
  }

  get discontinuities(): number {
    return new Set([...this.seen.values()].map(({ discontinuity }) => discontinuity)).size - 1;
  }

  /** Reads the playlist and every segment and init section it names for the first time; an absent server is no problem. */
  async poll(): Promise<void> {
    const response = await fetch(`${this.#stream}/${this.#path}`).catch(() => undefined);
    if (response?.status !== 200) return;
    const playlist = parseMediaPlaylist(await response.text());
    if (playlist.mediaSequence < this.#first)
      this.problems.push(`sequence went back to ${playlist.mediaSequence}`);
    this.#first = playlist.mediaSequence;
    let discontinuity = playlist.discontinuitySequence;
    for (const [index, segment] of playlist.segments.entries()) {
      if (segment.isDiscontinuity) discontinuity += 1;
      const sequence = playlist.mediaSequence + index;
      const { uri, durationUs } = segment;
      this.#compare(sequence, { uri, durationUs, discontinuity });
      await this.#fetch(uri);
      if (segment.map) await this.#fetch(segment.map.uri);
      if (Math.round(durationUs / 1e6) > playlist.targetDurationSeconds) {
        this.problems.push(`segment ${sequence} is longer than the target duration`);
      }
    }
  }

  #compare(sequence: number, now: Seen): void {
    const before = this.seen.get(sequence);
    if (before && JSON.stringify(before) !== JSON.stringify(now)) {
      this.problems.push(`segment ${sequence} was ${JSON.stringify(before)} and is ${JSON.stringify(now)}`);
    }
    this.seen.set(sequence, now);
  }

  async #fetch(uri: string): Promise<void> {
    const path = pathInStream(uri, this.#path);
    if (path === undefined || this.#fetched.has(path)) return;
    const response = await fetch(`${this.#stream}/${path}`).catch(() => undefined);
    if (!response) return;
    const body = await response.arrayBuffer().catch(() => new ArrayBuffer(0));
    const promised = Number(response.headers.get("content-length"));
    if (response.status === 200 && body.byteLength > 0 && body.byteLength === promised)
      this.#fetched.add(path);
    else this.problems.push(`${path}: status ${response.status}, ${body.byteLength} of ${promised} bytes`);
  }
}

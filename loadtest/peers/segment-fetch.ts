import { get, Agent as HttpAgent } from "node:http";
import { get as getSecure, Agent as HttpsAgent } from "node:https";
import type {
  OriginFetch,
  OriginFetchListener,
  StartOriginFetch,
} from "../../player/delivery/origin-fetch.js";

const TIMEOUT_MS = 20_000;

/** One viewer's way to the origin: connections of its own, as a browser has them. */
export class SegmentFetcher {
  readonly #http = new HttpAgent({ keepAlive: true, maxSockets: 6 });
  readonly #https = new HttpsAgent({ keepAlive: true, maxSockets: 6 });
  /** Bytes of segments that have come, of broken-off responses, too. */
  bytes = 0;

  readonly start: StartOriginFetch = ({ url, byteRange }, listener) => this.#fetch(url, byteRange, listener);

  async text(url: string): Promise<{ text: string; url: string }> {
    // Hundreds of viewers may share this machine with the server: nobody is served by packing and unpacking.
    const headers = { "accept-encoding": "identity" };
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!response.ok) throw new Error(`${url}: ${response.status}`);
    return { text: await response.text(), url: response.url };
  }

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }

  #fetch(
    url: string,
    range: { start: number; end: number } | undefined,
    listener: OriginFetchListener,
  ): OriginFetch {
    const startedAtMs = performance.now();
    const progress = { startedAtMs, firstByteAtMs: 0, loadedBytes: 0, totalBytes: 0 };
    const chunks: Buffer[] = [];
    let isOver = false;
    const end = (tell: () => void) => {
      if (isOver) return;
      isOver = true;
      tell();
    };
    const fail = (code: number, text: string, isTimeout = false) =>
      end(() => listener.failed({ code, text, isTimeout }));
    const isSecure = url.startsWith("https:");
    const request = (isSecure ? getSecure : get)(
      url,
      {
        agent: isSecure ? this.#https : this.#http,
        timeout: TIMEOUT_MS,
        headers: range ? { range: `bytes=${range.start}-${range.end}` } : {},
      },
      (response) => {
        const code = response.statusCode ?? 0;
        if (code !== 200 && code !== 206) {
          response.resume();
          fail(code, `status ${code}`);
          return;
        }
        progress.totalBytes = Number(response.headers["content-length"] ?? 0);
        response.on("data", (chunk: Buffer) => {
          if (chunks.length === 0) progress.firstByteAtMs = performance.now();
          chunks.push(chunk);
          progress.loadedBytes += chunk.byteLength;
          this.bytes += chunk.byteLength;
        });
        response.on("error", ({ message }) => fail(0, message));
        response.on("end", () => {
          const data = joined(chunks, progress.loadedBytes);
          const timing = {
            durationMs: performance.now() - startedAtMs,
            firstByteMs: progress.firstByteAtMs - startedAtMs,
          };
          if (data.byteLength === 0) fail(code, "empty response");
          else end(() => listener.done(data, timing));
        });
      },
    );
    request.on("timeout", () => {
      fail(0, "timeout", true);
      request.destroy();
    });
    request.on("error", ({ message }) => fail(0, message));
    return {
      progress: () => ({ ...progress }),
      abort: () => end(() => request.destroy()),
    };
  }
}

/** A buffer of its own: those of Node's sockets are parts of larger ones. */
function joined(chunks: readonly Buffer[], bytes: number): ArrayBuffer {
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole.buffer;
}

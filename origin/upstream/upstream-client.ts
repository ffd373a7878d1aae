import { HttpProblem, quote } from "../http/problem.js";

export interface UpstreamClientOptions {
  /** Everything that is fetched lies below it; ends in `/`. */
  readonly base: URL;
  /** To the answer's head, and between two pieces of its body. */
  readonly timeoutMs: number;
  /** Names this process in `Via`, so that a request that comes back is known. */
  readonly via: string;
  /** Called for each failure, with one of a few reasons. */
  readonly onError: (reason: UpstreamFailure) => void;
}

/** Why the upstream could not be used; few enough to label a metric with. */
export type UpstreamFailure = "unreachable" | "timeout" | "status" | "redirect" | "content" | "broken-off";

/** An answer whose body has not been read yet. */
export interface UpstreamAnswer {
  readonly status: 200 | 206;
  /** As promised; `undefined` for chunked answers. */
  readonly bytes: number | undefined;
  readonly etag: string | undefined;
  readonly contentRange: string | undefined;
  /** Body in pieces; ends with an error when the upstream hangs, breaks off or sends another length than promised. */
  body(): AsyncIterable<Uint8Array>;
}

const MAX_REDIRECTS = 3;

/** Fetches objects from one upstream. Nothing of a viewer's request but the path and a range ever reaches it. */
export class UpstreamClient {
  readonly #options: UpstreamClientOptions;

  constructor(options: UpstreamClientOptions) {
    this.#options = options;
  }

  /**
   * @param target path and query relative to the base, encoded.
   * @throws {HttpProblem} 404, 416, 502, 504 or 508 with a sentence.
   */
  async get(target: string, range?: string): Promise<UpstreamAnswer> {
    const { base } = this.#options;
    let url = new URL(target, base);
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      const { response, abort } = await this.#request(url, range);
      const location = isRedirect(response.status) ? response.headers.get("location") : null;
      if (location === null) return this.#answer(response, abort, target);
      abort.abort();
      const next = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
      if (next?.origin !== base.origin) {
        throw this.#failure(
          "redirect",
          502,
          `The upstream sends ${quote(target)} to another host, which is not followed.`,
        );
      }
      url = next;
    }
    throw this.#failure("redirect", 502, `The upstream redirects ${quote(target)} round and round.`);
  }

  async #request(
    url: URL,
    range: string | undefined,
  ): Promise<{ response: Response; abort: AbortController }> {
    const { timeoutMs, via } = this.#options;
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), timeoutMs);
    try {
      const headers = {
        "Accept-Encoding": "identity",
        Via: `1.1 ${via}`,
        ...(range !== undefined && { Range: range }),
      };
      const response = await fetch(url, { headers, redirect: "manual", signal: abort.signal });
      return { response, abort };
    } catch (cause) {
      if (abort.signal.aborted) {
        throw this.#failure(
          "timeout",
          504,
          `The upstream has not answered within ${timeoutMs / 1000} s.`,
          cause,
        );
      }
      throw this.#failure("unreachable", 502, "The upstream cannot be reached.", cause);
    } finally {
      clearTimeout(timer);
    }
  }

  #answer(response: Response, abort: AbortController, target: string): UpstreamAnswer {
    const { status, headers } = response;
    if (status !== 200 && status !== 206) {
      abort.abort();
      // What does not exist is the viewer's mistake; anything else the upstream's.
      if (status === 404 || status === 410)
        throw new HttpProblem(404, `The upstream has no ${quote(target)}.`);
      if (status === 416) throw new HttpProblem(416, "The range lies outside of the file.");
      throw this.#failure("status", 502, `The upstream answers ${quote(target)} with status ${status}.`);
    }
    if (/^text\/html\b/i.test(headers.get("content-type") ?? "")) {
      abort.abort();
      throw this.#failure("content", 502, `The upstream sends a page instead of ${quote(target)}.`);
    }
    const promised = headers.get("content-length");
    const bytes = promised === null || headers.has("content-encoding") ? undefined : Number(promised);
    return {
      status,
      bytes,
      etag: headers.get("etag") ?? undefined,
      contentRange: headers.get("content-range") ?? undefined,
      body: () => this.#body(response, abort, bytes),
    };
  }

  async *#body(
    response: Response,
    abort: AbortController,
    promised: number | undefined,
  ): AsyncIterable<Uint8Array> {
    const { timeoutMs } = this.#options;
    const timer = setTimeout(() => abort.abort(), timeoutMs);
    let bytes = 0;
    try {
      for await (const chunk of response.body ?? []) {
        timer.refresh();
        bytes += chunk.byteLength;
        yield chunk;
      }
    } catch (cause) {
      const reason = abort.signal.aborted ? "timeout" : "broken-off";
      throw this.#failure(reason, 502, "The upstream has broken off its answer.", cause);
    } finally {
      clearTimeout(timer);
      abort.abort();
    }
    if (promised !== undefined && bytes !== promised) {
      throw this.#failure("broken-off", 502, `The upstream promised ${promised} bytes and sent ${bytes}.`);
    }
  }

  #failure(reason: UpstreamFailure, status: number, sentence: string, cause?: unknown): HttpProblem {
    this.#options.onError(reason);
    return new HttpProblem(status, sentence, { cause });
  }
}

function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

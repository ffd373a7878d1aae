import { type Request, type RequestHandler, type Response, Router } from "express";
import { parseStreamName, type StreamName } from "../../player/protocol/index.js";
import { adminCheck } from "../control/admin-token.js";
import { say, sendJson } from "../control/answers.js";
import type { LiveFeed } from "./live-feed.js";
import { PAGE_FILES, readPageFile } from "./page-files.js";
import { isFromThisMachine } from "./viewer-access.js";

/** Readers of the feed. */
const MAX_READERS = 100;
const MESSAGE_INTERVAL_MS = 1000;

/** The page has its script and its style and asks its own server, nothing else (https://www.w3.org/TR/CSP3/). */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const HEADERS = {
  "Content-Security-Policy": CONTENT_SECURITY_POLICY,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cache-Control": "no-store",
};

export interface LiveRoutesOptions {
  readonly feed: LiveFeed;
  readonly adminToken?: string | undefined;
  readonly trustedProxies: readonly string[];
  readonly publicUrl?: string | undefined;
}

/** `GET /live/`, the page for operators, and what it asks for: `/live/events` and `/live/swarm`. */
export class LiveRoutes {
  readonly router = Router({ strict: true });
  readonly #options: LiveRoutesOptions;
  readonly #isAdmin: ReturnType<typeof adminCheck>;
  readonly #readers = new Set<() => void>();

  constructor(options: LiveRoutesOptions) {
    this.#options = options;
    this.#isAdmin = adminCheck(options.adminToken);
    const { router } = this;
    // Relative, for those who reach the tracker below a path of another server.
    router.get("/live", (_request, response) => {
      response.status(308).set("Location", "live/").end();
    });
    router.use("/live", (_request, response, next) => {
      response.set(HEADERS);
      next();
    });
    for (const [path, { file, type }] of Object.entries(PAGE_FILES)) {
      router.get(`/live${path}`, async (_request, response) => {
        const content = await readPageFile(file);
        if (content === undefined) say(response, 503, "The live page was not built: run `npm run build`.");
        else response.type(type).send(content);
      });
    }
    router.get("/live/events", this.#guard, (request, response) => this.#follow(request, response));
    router.get("/live/swarm", this.#guard, async (request, response) => this.#showSwarm(request, response));
  }

  /** Ends all that is being followed. */
  stop(): void {
    for (const end of [...this.#readers]) end();
  }

  readonly #guard: RequestHandler = (request, response, next) => {
    if (this.#isAdmin(request) || isFromThisMachine(request, this.#options)) next();
    else this.#refuse(response);
  };

  #refuse(response: Response): void {
    if (this.#options.adminToken === undefined) {
      say(response, 403, "Only from the tracker's own machine: it has no admin token (--admin-token).");
      return;
    }
    response.set("WWW-Authenticate", "Bearer");
    say(response, 401, "The admin token is needed.");
  }

  #follow(request: Request, response: Response): void {
    const stream = streamOf(request);
    if (stream === "wrong") {
      say(response, 400, "stream: expected a stream's name");
      return;
    }
    if (this.#readers.size >= MAX_READERS) {
      response.set("Retry-After", "10");
      say(response, 503, "Too many look at the live page.");
      return;
    }
    response.set({ "Content-Type": "text/event-stream", "X-Accel-Buffering": "no" });
    const feed = this.#options.feed;
    let since = 0;
    const write = () => {
      // A reader that does not keep up misses messages, but nothing of the history.
      if (response.writableNeedDrain) return;
      const { end } = feed;
      response.write(`data: ${JSON.stringify(feed.message(stream, since))}\n\n`);
      since = end;
    };
    write();
    const timer = setInterval(write, MESSAGE_INTERVAL_MS);
    const stop = () => {
      clearInterval(timer);
      this.#readers.delete(stop);
      response.end();
    };
    this.#readers.add(stop);
    request.once("close", stop);
  }

  async #showSwarm(request: Request, response: Response): Promise<void> {
    const stream = streamOf(request);
    const withAddresses = request.query.addresses === "1";
    if (stream === "wrong") say(response, 400, "stream: expected a stream's name");
    // Being on the machine is not enough to see where people are.
    else if (withAddresses && !this.#isAdmin(request)) this.#refuse(response);
    else sendJson(response, await this.#options.feed.picture(stream, withAddresses));
  }
}

function streamOf({ query }: Request): StreamName | undefined | "wrong" {
  if (query.stream === undefined) return undefined;
  try {
    return parseStreamName(query.stream);
  } catch {
    return "wrong";
  }
}

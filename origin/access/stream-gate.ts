import type { IncomingMessage, ServerResponse } from "node:http";
import cors from "cors";
import {
  AccessTokenError,
  type TokenRefusal,
  type TokenVerifier,
} from "../../player/protocol/access-token.js";
import { parseStreamName } from "../../player/protocol/index.js";
import { HttpProblem } from "../http/problem.js";

/** Who may load a stream; options of every kind of stream. */
export interface GateConfig {
  /**
   * Private streams need an access token.
   * @default "public"
   */
  access?: "public" | "private";
  /**
   * Web origins whose pages may read the stream's answers.
   * @default the origin's own `corsOrigins`
   */
  corsOrigins?: "*" | readonly string[];
  /**
   * Web origins of the only pages that may load the stream, by `Origin` or `Referer`. Pages cannot forge these; other
   * programs can, so this is a second lock and never the only one.
   * @default all
   */
  allowedOrigins?: readonly string[];
}

export interface GateOptions {
  readonly stream: string;
  readonly config: GateConfig;
  readonly corsOrigins: "*" | readonly string[];
  /** Needed for private streams. */
  readonly verify: TokenVerifier | undefined;
  readonly onRefused: (reason: TokenRefusal | "page") => void;
}

/** What players in other origins' pages may read of a response. */
const EXPOSED_HEADERS = ["Content-Length", "Content-Range", "ETag", "Date", "Accept-Ranges"];

/** A day: browsers cap it at two hours or less anyway. */
const PREFLIGHT_MAX_AGE_SECONDS = 86_400;

/** Lets requests for one stream pass or not. */
export class StreamGate {
  readonly stream: string;
  readonly isPrivate: boolean;
  readonly #options: GateOptions;
  readonly #cors: ReturnType<typeof cors>;
  readonly #sessionCors: ReturnType<typeof cors>;

  constructor(options: GateOptions) {
    this.#options = options;
    this.stream = options.stream;
    this.isPrivate = options.config.access === "private";
    const origins = options.config.corsOrigins ?? options.corsOrigins;
    // Browsers take cookies along only for web origins that are named.
    const withCredentials = this.isPrivate && origins !== "*";
    this.#cors = corsFor(origins, ["GET", "HEAD"], withCredentials);
    this.#sessionCors = corsFor(origins, ["POST"], withCredentials);
  }

  /** Writes the CORS headers. @returns whether it was a preflight, which is answered then. */
  answerCors(req: IncomingMessage, res: ServerResponse): boolean {
    let isPreflight = true;
    this.#cors(req, res, () => {
      isPreflight = false;
    });
    return isPreflight;
  }

  /** The same for `POST /session`. */
  answerSessionCors(req: IncomingMessage, res: ServerResponse): boolean {
    let isPreflight = true;
    this.#sessionCors(req, res, () => {
      isPreflight = false;
    });
    return isPreflight;
  }

  /** @throws {HttpProblem} 401 or 403. */
  async admit(req: IncomingMessage, res: ServerResponse, query: URLSearchParams): Promise<void> {
    const { stream, config, verify, onRefused } = this.#options;
    if (config.allowedOrigins && !isFromPage(req, config.allowedOrigins)) {
      onRefused("page");
      throw new HttpProblem(403, "This stream is only for the pages of its provider.");
    }
    if (!this.isPrivate) return;
    try {
      if (!verify) throw new AccessTokenError("missing", "This origin has no keys to check tokens with.");
      await verify(presentedToken(req, stream, query), parseStreamName(stream));
    } catch (cause) {
      if (!(cause instanceof AccessTokenError)) throw cause;
      onRefused(cause.reason);
      // RFC 6750, 3.1.
      const detail = cause.reason === "missing" ? "" : `, error="invalid_token"`;
      res.setHeader("WWW-Authenticate", `Bearer realm="${stream}"${detail}`);
      throw new HttpProblem(cause.reason === "stream" ? 403 : 401, cause.message, { cause });
    }
  }
}

/** For requests that no stream's gate stands before. */
export function corsFor(
  origins: "*" | readonly string[],
  methods = ["GET", "HEAD"],
  withCredentials = false,
): ReturnType<typeof cors> {
  return cors({
    origin: origins === "*" ? "*" : [...origins],
    methods,
    exposedHeaders: EXPOSED_HEADERS,
    maxAge: PREFLIGHT_MAX_AGE_SECONDS,
    credentials: withCredentials,
  });
}

/** The cookie that `POST /session` sets. */
export function cookieNameOf(stream: string): string {
  return `nearcast-${stream}`;
}

/** From the header, the query or the cookie, in this order. */
function presentedToken(req: IncomingMessage, stream: string, query: URLSearchParams): string | undefined {
  const [, bearer] = /^Bearer +(\S+)$/i.exec(req.headers.authorization ?? "") ?? [];
  return bearer ?? query.get("token") ?? cookieOf(req.headers.cookie, cookieNameOf(stream));
}

function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(";") ?? []) {
    const [key, value] = pair.split("=", 2);
    if (key?.trim() === name) return value?.trim();
  }
  return undefined;
}

function isFromPage(req: IncomingMessage, allowed: readonly string[]): boolean {
  const { origin, referer } = req.headers;
  if (origin !== undefined) return allowed.includes(origin);
  return referer !== undefined && URL.canParse(referer) && allowed.includes(new URL(referer).origin);
}

import type { IncomingMessage, ServerResponse } from "node:http";
import type { ErrorRequestHandler, RequestHandler } from "express";
import type { Logger } from "pino";
import { parseTarget } from "./target.js";

/** A request that is answered with a status and one plain-text sentence. */
export class HttpProblem extends Error {
  override readonly name = "HttpProblem";

  constructor(
    readonly status: number,
    sentence: string,
    options?: ErrorOptions,
  ) {
    super(sentence, options);
  }
}

/** Quotes a client's text for a sentence, bounded in length. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 120 ? `${text.slice(0, 120)}…` : text);
}

/** Answers whatever no route before it has answered. */
export const nothingHere: RequestHandler = (req) => {
  throw new HttpProblem(404, `Nothing at ${quote(req.path)}. Streams are at /hls/<stream>/master.m3u8.`);
};

/** Sentences for the statuses that libraries refuse with. */
const SENTENCES = new Map([
  [400, "The request cannot be understood."],
  [404, "The file is gone."],
  [412, "The precondition does not hold: the file has another version."],
  [413, "The request's body is too large."],
  [415, "The request's body is of a kind that is not read here."],
  [416, "The range lies outside of the file."],
]);

/** Headers of the content that did not come to be sent. */
const CONTENT_HEADERS = ["ETag", "Last-Modified", "Accept-Ranges", "Content-Length", "Content-Encoding"];

/** Answers with an error's status and sentence, which nobody caches. Inner reasons go to the log only. */
export function sendProblem(req: IncomingMessage, res: ServerResponse, error: unknown, logger: Logger): void {
  const status = statusOf(error);
  if (status >= 500) logger.error({ err: error, path: parseTarget(req.url).pathname }, "request failed");
  if (res.headersSent) {
    // Too late for a status: the client must not take the fragment for the whole.
    res.destroy();
    return;
  }
  for (const header of CONTENT_HEADERS) res.removeHeader(header);
  const sentence =
    error instanceof HttpProblem
      ? error.message
      : (SENTENCES.get(status) ?? "The server failed; see its log.");
  const body = `${sentence}\n`;
  res.statusCode = status;
  res.setHeader("Cache-Control", "no-store");
  res.setHeader("X-Content-Type-Options", "nosniff");
  res.setHeader("Content-Type", "text/plain; charset=utf-8");
  res.setHeader("Content-Length", Buffer.byteLength(body));
  res.end(req.method === "HEAD" ? undefined : body);
}

/** {@link sendProblem} for Express. */
export function answerProblems(logger: Logger): ErrorRequestHandler {
  // Express tells error handlers by their four parameters.
  return (error, req, res, _next) => sendProblem(req, res, error, logger);
}

function statusOf(error: unknown): number {
  const status = (error as { status?: unknown } | undefined)?.status;
  return typeof status === "number" && status >= 400 && status < 600 ? status : 500;
}

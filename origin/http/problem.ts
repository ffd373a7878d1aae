import type { ErrorRequestHandler, RequestHandler } from "express";
import type { Logger } from "pino";

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

/** Sentences for the statuses that Express' file sending refuses with. */
const SENTENCES = new Map([
  [400, "The request's path cannot be decoded."],
  [404, "The file is gone."],
  [412, "The precondition does not hold: the file has another version."],
  [416, "The range lies outside of the file."],
]);

/** Turns errors into plain-text answers that nobody caches. Inner reasons go to the log only. */
export function answerProblems(logger: Logger): ErrorRequestHandler {
  // Express tells error handlers by their four parameters.
  return (error, req, res, _next) => {
    const status = statusOf(error);
    if (status >= 500) logger.error({ err: error, path: req.path }, "request failed");
    if (res.headersSent) {
      // Too late for a status: the client must not take the fragment for the whole.
      res.destroy();
      return;
    }
    for (const header of ["ETag", "Last-Modified", "Accept-Ranges", "Content-Length"])
      res.removeHeader(header);
    res.setHeader("Cache-Control", "no-store");
    res.setHeader("X-Content-Type-Options", "nosniff");
    const sentence =
      error instanceof HttpProblem
        ? error.message
        : (SENTENCES.get(status) ?? "The server failed; see its log.");
    res.status(status).type("text/plain").send(`${sentence}\n`);
  };
}

function statusOf(error: unknown): number {
  const status = (error as { status?: unknown } | undefined)?.status;
  return typeof status === "number" && status >= 400 && status < 600 ? status : 500;
}

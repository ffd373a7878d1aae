import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "pino";
import { presentedSecret, type SharedKey } from "../access/shared-key.js";
import type { IngestDesk } from "../ingest/ingest.js";
import type { OriginMetrics } from "../metrics/metrics.js";
import { HttpProblem, quote, sendProblem } from "./problem.js";
import { parseRequestPath } from "./request-path.js";

/** A stream that can be pushed to. */
export interface IngestEntry {
  readonly desk: IngestDesk;
  /** `undefined` for an open one. */
  readonly key: SharedKey | undefined;
}

export interface IngestOptions {
  readonly entries: ReadonlyMap<string, IngestEntry>;
  readonly metrics: OriginMetrics;
  readonly logger: Logger;
}

export type IngestHandler = (req: IncomingMessage, res: ServerResponse, pathname: string) => Promise<void>;

/** Everything below `/ingest/`: `PUT`, `POST` or `DELETE` `<stream>/<path>`, as ffmpeg and packagers push HLS. */
export function ingestHandler({ entries, metrics, logger }: IngestOptions): IngestHandler {
  return async (req, res, pathname) => {
    let stream: string | undefined;
    try {
      const asked = parseRequestPath(pathname);
      const entry = entries.get(asked.stream);
      if (!entry) throw new HttpProblem(404, `There is no ingest ${quote(asked.stream)}.`);
      stream = asked.stream;
      requireKey(req, res, stream, entry);
      const status = await take(req, res, entry.desk, asked.path);
      metrics.countIngest(stream, status);
      res.statusCode = status;
      res.setHeader("Content-Length", 0);
      res.end();
    } catch (error) {
      const status = error instanceof HttpProblem ? error.status : 500;
      if ((error as NodeJS.ErrnoException).code === "ECONNRESET") {
        logger.info({ stream, path: pathname }, "encoder went away in mid-upload; nothing of it was kept");
        metrics.countIngest(stream, "aborted");
        return;
      }
      metrics.countIngest(stream, status);
      // ffmpeg asks without its key first, and deletes without it.
      const level = status === 401 && req.headers.authorization === undefined ? "debug" : "warn";
      logger[level]({ stream, path: pathname, status, reason: (error as Error).message }, "push refused");
      // What the encoder still sends is not read.
      if (!req.complete) res.setHeader("Connection", "close");
      sendProblem(req, res, error, logger);
    }
  };
}

function requireKey(req: IncomingMessage, res: ServerResponse, stream: string, { key }: IngestEntry): void {
  if (!key) return;
  const presented = presentedSecret(req.headers.authorization);
  if (presented !== undefined && key.matches(presented)) return;
  // ffmpeg sends the key of its URL only when it is asked for by Basic.
  res.setHeader("WWW-Authenticate", `Basic realm="ingest ${stream}", Bearer`);
  throw new HttpProblem(
    401,
    `Pushing to ${quote(stream)} needs its ingest key, as Bearer or Basic password.`,
  );
}

async function take(
  req: IncomingMessage,
  res: ServerResponse,
  desk: IngestDesk,
  path: string,
): Promise<200 | 201 | 202 | 204> {
  switch (req.method) {
    case "PUT":
    case "POST": {
      const promised = Number(req.headers["content-length"] ?? 0);
      if (promised > desk.maxSegmentBytes) {
        throw new HttpProblem(
          413,
          `${quote(path)} has ${promised} bytes; at most ${desk.maxSegmentBytes} are taken.`,
        );
      }
      if (req.headers.expect !== undefined) res.writeContinue();
      return (await desk.put(path, unlessIdle(req, desk.idleMs))) === "created" ? 201 : 204;
    }
    case "DELETE":
      return (await desk.delete(path)) === "deleted" ? 204 : 202;
    default:
      res.setHeader("Allow", "PUT, POST, DELETE");
      throw new HttpProblem(405, `${req.method} is not possible here; use PUT, POST or DELETE.`);
  }
}

/** A body whose sender must not pause for long: an encoder that hangs would hold its file for ever. */
async function* unlessIdle(req: IncomingMessage, idleMs: number): AsyncIterable<Uint8Array> {
  const chunks = req[Symbol.asyncIterator]();
  for (;;) {
    let timer: NodeJS.Timeout | undefined;
    const idle = new Promise<never>((_, reject) => {
      const sentence = `The upload sent nothing for ${idleMs / 1000} s, so it was dropped.`;
      timer = setTimeout(() => reject(new HttpProblem(408, sentence)), idleMs);
    });
    try {
      const { done, value } = await Promise.race([chunks.next(), idle]);
      if (done) return;
      yield value;
    } finally {
      clearTimeout(timer);
    }
  }
}

import { createReadStream } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import fresh from "fresh";
import parseRange from "range-parser";
import { HttpProblem } from "./problem.js";

/** Something whole with a length, and what conditional requests are compared with. */
export interface Content {
  /** In memory, or a file to stream. */
  body: Uint8Array | { file: string; bytes: number };
  /** With its quotes; a strong one. */
  etag: string;
  modifiedMs?: number;
  /** Which bytes of the whole `body` is, when it is a part: the answer to a range that was asked for. */
  part?: { start: number; end: number; total: number } | undefined;
}

/** Written at a time, so that an aborted response counts what was sent to within this. */
const SLICE_BYTES = 64 * 1024;

/** A strong validator: what is served under one size and time of change is byte for byte the same. */
export function etagOf({ bytes, modifiedMs }: { bytes: number; modifiedMs: number }): string {
  return `"${bytes.toString(16)}-${Math.round(modifiedMs).toString(16)}"`;
}

/**
 * Answers GET and HEAD with 200, 206 for one range, 304, 412 or 416 (RFC 9110, 13 and 14). A request for several ranges
 * gets the whole, as RFC 9110 allows.
 *
 * @throws {HttpProblem} 404 when the file has gone, 412 and 416.
 */
export async function sendContent(
  req: IncomingMessage,
  res: ServerResponse,
  content: Content,
): Promise<void> {
  const { body, etag, modifiedMs } = content;
  const size = body instanceof Uint8Array ? body.byteLength : body.bytes;
  res.setHeader("ETag", etag);
  if (modifiedMs !== undefined) res.setHeader("Last-Modified", new Date(modifiedMs).toUTCString());
  res.setHeader("Accept-Ranges", "bytes");
  if (isPreconditionFailed(req, etag)) {
    throw new HttpProblem(412, "The precondition does not hold: the file has another version.");
  }
  if (isFresh(req, res)) {
    res.statusCode = 304;
    for (const header of ["Content-Type", "Content-Encoding"]) res.removeHeader(header);
    res.end();
    return;
  }
  if (content.part && body instanceof Uint8Array) {
    const { start, end, total } = content.part;
    res.statusCode = 206;
    res.setHeader("Content-Range", `bytes ${start}-${end}/${total}`);
    res.setHeader("Content-Length", size);
    if (req.method === "HEAD") res.end();
    else writeSliced(res, body);
    return;
  }
  const range = rangeOf(req, res, size, etag);
  const { start, end } = range ?? { start: 0, end: size - 1 };
  res.statusCode = range ? 206 : 200;
  if (range) res.setHeader("Content-Range", `bytes ${start}-${end}/${size}`);
  res.setHeader("Content-Length", end - start + 1);
  if (req.method === "HEAD") res.end();
  else if (body instanceof Uint8Array) writeSliced(res, body.subarray(start, end + 1));
  else await streamFile(res, body.file, { start, end });
}

function isPreconditionFailed(req: IncomingMessage, etag: string): boolean {
  const wanted = req.headers["if-match"];
  return wanted !== undefined && wanted !== "*" && !wanted.split(",").some((tag) => tag.trim() === etag);
}

function isFresh(req: IncomingMessage, res: ServerResponse): boolean {
  const { headers } = req;
  if (headers["if-none-match"] === undefined && headers["if-modified-since"] === undefined) return false;
  const lastModified = res.getHeader("Last-Modified");
  return fresh(headers, {
    etag: res.getHeader("ETag"),
    ...(lastModified !== undefined && { "last-modified": lastModified }),
  });
}

function rangeOf(
  req: IncomingMessage,
  res: ServerResponse,
  size: number,
  etag: string,
): { start: number; end: number } | undefined {
  const { range, "if-range": ifRange } = req.headers;
  if (range === undefined || req.method !== "GET") return undefined;
  // A date cannot be compared strongly, so it counts as another version.
  if (ifRange !== undefined && ifRange !== etag) return undefined;
  const [, suffix] = /^bytes=-(\d+)$/.exec(range) ?? [];
  // RFC 9110, 14.1.2: a suffix longer than the content means all of it; range-parser refuses it.
  if (suffix !== undefined && Number(suffix) >= size) return { start: 0, end: size - 1 };
  const ranges = parseRange(size, range, { combine: true });
  if (ranges === -1) {
    res.setHeader("Content-Range", `bytes */${size}`);
    throw new HttpProblem(416, "The range lies outside of the file.");
  }
  // Another unit, malformed, or several: the whole.
  if (ranges === -2 || ranges.type !== "bytes" || ranges.length !== 1) return undefined;
  return ranges[0];
}

function writeSliced(res: ServerResponse, body: Uint8Array, from = 0): void {
  const to = from + SLICE_BYTES;
  if (to >= body.byteLength) {
    res.end(from === 0 ? body : body.subarray(from));
    return;
  }
  // The next slice only when the system has taken this one: a slow client holds no copies.
  res.write(body.subarray(from, to), (error) => {
    if (!error) writeSliced(res, body, to);
  });
}

async function streamFile(
  res: ServerResponse,
  file: string,
  part: { start: number; end: number },
): Promise<void> {
  try {
    await pipeline(createReadStream(file, part), res);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new HttpProblem(404, "The file is gone.", { cause: error });
    // A client that goes away is no failure.
    if (code !== "ERR_STREAM_PREMATURE_CLOSE" && code !== "EPIPE" && code !== "ECONNRESET") throw error;
  }
}

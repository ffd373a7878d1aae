import type { IncomingMessage, ServerResponse } from "node:http";
import type { FileKind } from "../streams/stream.js";

/** One response of a stream, finished or aborted: a line of the origin's access log. */
export interface Served {
  stream: string;
  kind: FileKind;
  /** Relative to the stream, decoded: `360p/seg-000.m4s`. */
  path: string;
  /**
   * Body bytes that the operating system accepted for sending; 0 for HEAD and 304. Exact for complete responses.
   * When the client aborts, bytes in the system's socket buffers (which the client may never have read) are counted,
   * and of the chunk under way (at most 64 KiB) nothing is.
   */
  bytes: number;
  status: number;
  /** When the response ended, by the origin's clock. */
  atMs: number;
  /** Whether the whole response went out, which may be a 206, 304 or 404. */
  complete: boolean;
}

/** How a response ended. */
export interface Outcome {
  bytes: number;
  /** From the request's head to its response's end. */
  durationMs: number;
  /** From the request's head to the first byte of the body; `undefined` when none was sent. */
  firstByteMs: number | undefined;
  status: number;
  complete: boolean;
}

/**
 * Counts the body bytes of a response as the operating system takes them, and calls back once when it is over.
 * A response that ends short of its Content-Length (the file shrank meanwhile) is cut off, because the client would
 * wait for the rest.
 */
export function countBody(
  req: IncomingMessage,
  res: ServerResponse,
  onOver: (outcome: Outcome) => void,
): void {
  let bytes = 0;
  let isFinished = false;
  const startedMs = performance.now();
  let firstByteMs: number | undefined;
  const hasBody = () => req.method !== "HEAD" && res.statusCode !== 304 && res.statusCode !== 204;
  const write = res.write.bind(res) as (chunk: unknown, encoding: unknown, callback: unknown) => boolean;
  const end = res.end.bind(res) as (...rest: unknown[]) => ServerResponse;

  res.write = ((chunk: unknown, ...rest: unknown[]) => {
    const { encoding, callback } = writeArguments(rest);
    const size = sizeOf(chunk, encoding);
    firstByteMs ??= performance.now() - startedMs;
    return write(chunk, encoding, (error?: Error | null) => {
      if (!error && hasBody()) bytes += size;
      callback?.(error);
    });
  }) as typeof res.write;

  res.end = ((...rest: unknown[]) => {
    const [chunk, ...others] = rest;
    const last =
      chunk === undefined || chunk === null || typeof chunk === "function" ? 0 : sizeOf(chunk, others[0]);
    if (last > 0) firstByteMs ??= performance.now() - startedMs;
    // "finish" means that everything up to the last byte was handed to the operating system.
    res.once("finish", () => {
      if (hasBody()) bytes += last;
    });
    return end(...rest);
  }) as typeof res.end;

  res.once("finish", () => {
    isFinished = true;
  });
  res.once("close", () => {
    const promised = Number(res.getHeader("Content-Length") ?? bytes);
    const isShort = isFinished && hasBody() && bytes < promised;
    if (isShort) req.socket.destroy();
    const durationMs = performance.now() - startedMs;
    onOver({ bytes, durationMs, firstByteMs, status: res.statusCode, complete: isFinished && !isShort });
  });
}

type Callback = (error?: Error | null) => void;

function writeArguments(rest: unknown[]): { encoding: unknown; callback: Callback | undefined } {
  const callback = rest.find((value): value is Callback => typeof value === "function");
  const [encoding] = rest;
  return { encoding: typeof encoding === "function" ? undefined : encoding, callback };
}

function sizeOf(chunk: unknown, encoding: unknown): number {
  if (typeof chunk === "string") return Buffer.byteLength(chunk, encoding as BufferEncoding | undefined);
  return chunk instanceof Uint8Array ? chunk.byteLength : 0;
}

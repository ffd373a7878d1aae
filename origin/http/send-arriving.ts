import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { BrokenOffError } from "../memory/arriving.js";
import type { ArrivingResource } from "../streams/stream.js";

/** Sends a file as it arrives, in chunks unless its length is known; when it breaks off, so does the response. */
export async function sendArriving(
  req: IncomingMessage,
  res: ServerResponse,
  { arriving, bytes }: ArrivingResource,
): Promise<void> {
  if (bytes !== undefined) res.setHeader("Content-Length", bytes);
  res.statusCode = 200;
  if (req.method === "HEAD") {
    res.end();
    return;
  }
  try {
    await pipeline(Readable.from(arriving.follow()), res);
  } catch (error) {
    // The response has been cut off with it; a client that goes away is no failure either.
    const isExpected = error instanceof BrokenOffError || res.destroyed;
    if (!isExpected) throw error;
  }
}

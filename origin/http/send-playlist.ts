import type { IncomingMessage, ServerResponse } from "node:http";
import Negotiator from "negotiator";
import type { Edition } from "../playlist/editions.js";
import { sendContent } from "./send-content.js";

/** Sends a playlist, compressed for clients that take gzip. */
export async function sendPlaylist(
  req: IncomingMessage,
  res: ServerResponse,
  edition: Edition,
): Promise<void> {
  const { body, gzipped, tag } = edition;
  if (gzipped) res.appendHeader("Vary", "Accept-Encoding");
  if (gzipped && takesGzip(req)) {
    res.setHeader("Content-Encoding", "gzip");
    await sendContent(req, res, { body: gzipped, etag: `"${tag}-gz"` });
  } else await sendContent(req, res, { body, etag: `"${tag}"` });
}

function takesGzip(req: IncomingMessage): boolean {
  if (req.headers["accept-encoding"] === undefined) return false;
  return new Negotiator(req).encoding(["gzip", "identity"]) === "gzip";
}

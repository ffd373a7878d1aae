import { basename, dirname, extname } from "node:path";
import type { Response } from "express";
import type { Resource } from "../streams/stream.js";
import { mediaTypeOf } from "./media-type.js";

/** Segments and init sections never change under their name. */
const IMMUTABLE = "public, max-age=31536000, immutable";

/** Sends what a stream found; Express answers conditional requests, and ranges of files. */
export async function sendResource(res: Response, path: string, resource: Resource): Promise<void> {
  // setHeader, because Express' own would add a charset, which these types do not have.
  res.setHeader("Content-Type", mediaTypeOf(path) ?? "application/octet-stream");
  res.setHeader("X-Content-Type-Options", "nosniff");
  if (resource.at === "memory") {
    res.setHeader("Cache-Control", `public, max-age=${resource.maxAgeSeconds}`);
    res.send(Buffer.from(resource.text));
    return;
  }
  // Keys are secrets: no shared cache may hold them.
  res.setHeader("Cache-Control", extname(path) === ".key" ? "private, no-store" : IMMUTABLE);
  await new Promise<void>((resolve, reject) => {
    const options = { root: dirname(resource.file), cacheControl: false };
    res.sendFile(basename(resource.file), options, (error?: Error & { code?: string; syscall?: string }) => {
      // A client that goes away is no failure.
      if (!error || error.code === "ECONNABORTED" || error.syscall === "write") resolve();
      else reject(error);
    });
  });
}

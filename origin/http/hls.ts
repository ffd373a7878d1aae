import cors from "cors";
import express from "express";
import { type OriginMetrics, UNKNOWN_STREAM } from "../metrics.js";
import type { FileKind, Stream } from "../streams/stream.js";
import { isPlaylistPath, mediaTypeOf } from "./media-type.js";
import { HttpProblem, quote } from "./problem.js";
import { parseRequestPath } from "./request-path.js";
import { sendResource } from "./send.js";
import { countBody, type Served } from "./served.js";

export interface HlsOptions {
  streams: ReadonlyMap<string, Stream>;
  metrics: OriginMetrics;
  clock: () => number;
  corsOrigins: "*" | readonly string[];
  onServed: (served: Served) => void;
}

/** What players in other origins' pages may read of a response. */
const EXPOSED_HEADERS = ["Content-Length", "Content-Range", "ETag", "Date", "Accept-Ranges"];

/** A day: browsers cap it at two hours or less anyway. */
const PREFLIGHT_MAX_AGE_SECONDS = 86_400;

/** Everything below `/hls/`: `<stream>/<path>`. */
export function hlsRoutes({ streams, metrics, clock, corsOrigins, onServed }: HlsOptions): express.Router {
  const router = express.Router({ caseSensitive: true });
  router.use(
    cors({
      origin: corsOrigins === "*" ? "*" : [...corsOrigins],
      methods: ["GET", "HEAD"],
      exposedHeaders: EXPOSED_HEADERS,
      maxAge: PREFLIGHT_MAX_AGE_SECONDS,
    }),
  );
  router.use(async (req, res) => {
    const asked: { stream?: string; path?: string; kind?: FileKind } = {};
    countBody(req, res, (outcome) => {
      const { stream = UNKNOWN_STREAM, path, kind } = asked;
      metrics.count({ stream, kind: kind ?? "other", status: outcome.status, bytes: outcome.bytes });
      if (asked.stream !== undefined && path !== undefined && kind !== undefined) {
        onServed({ stream, kind, path, ...outcome, atMs: clock() });
      }
    });

    const { stream: name, path } = parseRequestPath(req.path);
    const stream = streams.get(name);
    if (!stream) {
      throw new HttpProblem(
        404,
        `No stream ${quote(name)}. Known streams: ${[...streams.keys()].join(", ")}.`,
      );
    }
    asked.stream = name;
    asked.path = path;
    if (mediaTypeOf(path) !== undefined) asked.kind = isPlaylistPath(path) ? "playlist" : "segment";
    if (req.method !== "GET" && req.method !== "HEAD") {
      res.setHeader("Allow", "GET, HEAD, OPTIONS");
      throw new HttpProblem(405, `${req.method} is not possible here; use GET or HEAD.`);
    }
    const resource = await stream.find(path);
    if (resource.at === "file") asked.kind = resource.kind;
    await sendResource(res, path, resource);
  });
  return router;
}

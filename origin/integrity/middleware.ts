import type { RequestHandler } from "express";
import { isPlaylistPath } from "../http/media-type.js";
import { pathInStream } from "../playlist/uri.js";
import type { PlaylistKey } from "./playlist-key.js";
import { folderSource, urlSource } from "./playlist-source.js";
import { PlaylistTagger } from "./tagger.js";
import { publicKeys, WELL_KNOWN_PATH } from "./well-known.js";

export interface TaggingOptions {
  /** The first signs. All are published, at `/.well-known/nearcast.json` below the place where this is mounted. */
  readonly keys: readonly [PlaylistKey, ...PlaylistKey[]];
  /** Where the playlists are: a folder on this machine, or the address of a folder on a server, ending in `/`. */
  readonly from: { readonly folder: string } | { readonly url: string };
}

/**
 * An Express middleware that serves HLS playlists with the lines by which players check what they get from each
 * other. All else is passed on, so mount it in front of `express.static(folder)`, or of a proxy.
 *
 * From a `url`, segments are fetched once to be hashed; a live playlist goes out when its newest segment has come.
 *
 * @example
 * app.use(tagPlaylists({ keys: [parsePlaylistKey(pem)], from: { folder: "/srv/films" } }), express.static("/srv/films"));
 * @throws {TypeError} where `url` is no http: or https: address that ends in `/`.
 */
export function tagPlaylists({ keys, from }: TaggingOptions): RequestHandler {
  const tagger = new PlaylistTagger({ keys });
  const answerKeys = publicKeys(keys);
  const source = "folder" in from ? folderSource(from.folder) : urlSource(from.url);
  return async (req, res, next) => {
    if (req.method !== "GET" && req.method !== "HEAD") return next();
    if (req.path === WELL_KNOWN_PATH) return answerKeys(req, res, next);
    const path = pathInStream(req.path, "");
    if (path === undefined || !isPlaylistPath(path)) return next();
    const { search } = new URL(req.url, "http://here.invalid");
    const found = await source(path, search);
    if (!found) return next();
    const { text } = await tagger.tag(path + search, found.text, found.find);
    // Express answers conditional requests by the ETag that it makes of the text.
    if (found.cacheControl !== undefined) res.setHeader("Cache-Control", found.cacheControl);
    res.setHeader("Access-Control-Allow-Origin", "*");
    res.setHeader("X-Content-Type-Options", "nosniff");
    res.setHeader("Content-Type", "application/vnd.apple.mpegurl");
    res.send(Buffer.from(text));
  };
}

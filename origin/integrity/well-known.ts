import type { RequestHandler } from "express";
import type { PlaylistKey } from "./playlist-key.js";

/** Where players look for the keys of a playlist's host (RFC 8615). */
export const WELL_KNOWN_PATH = "/.well-known/nearcast.json";

/** Caches may be behind by so long; players that meet an unknown key ask again. */
const MAX_AGE_SECONDS = 60;

/** Answers with the public keys, as a JWK set (RFC 7517, 5). */
export function publicKeys(keys: readonly PlaylistKey[]): RequestHandler {
  const body = JSON.stringify({ keys: keys.map(({ publicJwk }) => publicJwk) });
  return (_req, res) => {
    // Keys are public, and pages of any host may play the streams that they vouch for.
    res.setHeader("Access-Control-Allow-Origin", "*");
    res.setHeader("Cache-Control", `public, max-age=${MAX_AGE_SECONDS}`);
    res.setHeader("X-Content-Type-Options", "nosniff");
    res.type("application/json").send(body);
  };
}

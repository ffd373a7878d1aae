import { LRUCache } from "lru-cache";
import type { AccessGrant, TokenVerifier } from "../../player/protocol/access-token.js";

/** A viewer's token comes with every request; more than this at once are verified again. */
const MAX_REMEMBERED = 20_000;

/** Checks each token's signature once, however often it is presented before it expires. */
export function rememberVerified(verify: TokenVerifier, clock: () => number): TokenVerifier {
  const remembered = new LRUCache<string, AccessGrant>({ max: MAX_REMEMBERED });
  return async (token, stream) => {
    const before = typeof token === "string" ? remembered.get(token) : undefined;
    if (before && before.stream === stream && clock() < before.expiresAtS * 1000) return before;
    const grant = await verify(token, stream);
    if (typeof token === "string") remembered.set(token, grant);
    return grant;
  };
}

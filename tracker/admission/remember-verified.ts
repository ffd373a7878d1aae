import { hash } from "node:crypto";
import type { AccessGrant, TokenVerifier } from "../../player/protocol/access-token.js";

/** Tokens of viewers that are there; of more at once, the ones not seen for longest are checked again. */
const MAX_REMEMBERED = 50_000;

/**
 * Checks each token's signature once: a viewer shows its token when it joins, when it connects and with every report.
 * Only what was allowed is remembered, no longer than the token is valid and no longer than its keys are (whoever reads
 * keys anew makes a new one of these), and by the token's digest, so that no tokens are kept.
 *
 * @param clock milliseconds since 1970.
 */
export function rememberVerified(verify: TokenVerifier, clock: () => number = Date.now): TokenVerifier {
  const remembered = new Map<string, AccessGrant>();
  return async (token, stream) => {
    if (typeof token !== "string") return await verify(token, stream);
    const key = hash("sha256", token, "binary");
    const known = remembered.get(key);
    // Those seen last come last.
    remembered.delete(key);
    const isGood = known !== undefined && known.stream === stream && clock() < known.expiresAtS * 1000;
    const grant = isGood ? known : await verify(token, stream);
    remembered.set(key, grant);
    for (const oldest of remembered.keys()) {
      if (remembered.size <= MAX_REMEMBERED) break;
      remembered.delete(oldest);
    }
    return grant;
  };
}

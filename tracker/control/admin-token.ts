import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/**
 * Tells whether a request shows the admin token as Bearer. Compares hashes, so that neither length nor content show in
 * the time it takes.
 */
export function adminCheck(token: string | undefined): (request: IncomingMessage) => boolean {
  const hash = (text: string) => createHash("sha256").update(text).digest();
  const expected = token === undefined ? undefined : hash(token);
  return ({ headers }) => {
    const [, given = ""] = /^Bearer (\S+)$/i.exec(headers.authorization ?? "") ?? [];
    return expected !== undefined && timingSafeEqual(expected, hash(given));
  };
}

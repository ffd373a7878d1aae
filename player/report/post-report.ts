import { type AccessToken, withToken } from "../control/access-token.js";
import { readText } from "../control/read-text.js";
import { MAX_JOIN_BYTES, parseReportReply, type ReportReply } from "../protocol/index.js";
import type { PostReport } from "./reporter.js";

const TIMEOUT_MS = 10_000;

/**
 * Posts to the address of now. The content type is one that needs no preflight, which a page that goes away has no time for;
 * so the token is in the query.
 */
export function postTo(
  address: () => string,
  token: AccessToken | undefined,
  onReply: (reply: ReportReply) => void,
): PostReport {
  const url = (newest: string | undefined) =>
    newest === undefined ? address() : withToken(address(), newest);
  const request = (body: string): RequestInit => ({
    method: "POST",
    body,
    headers: { "Content-Type": "text/plain;charset=UTF-8" },
    credentials: "omit",
    // Survives the page.
    keepalive: true,
  });
  const post = async (body: string) => {
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const response = await fetch(url(await token?.fresh()), { ...request(body), signal });
      const { status } = response;
      if (status === 401) token?.refused();
      const seconds = Number(response.headers.get("Retry-After") ?? Number.NaN);
      const retryAfterMs = seconds > 0 ? seconds * 1000 : undefined;
      if (status === 200) void hear(response, onReply);
      else response.body?.cancel().catch(() => {});
      return { at: "answered", status, retryAfterMs } as const;
    } catch {
      return { at: "failed" } as const;
    }
  };
  const last = (body: string) => {
    const to = url(token?.newest);
    if ("keepalive" in Request.prototype) fetch(to, request(body)).catch(() => {});
    else navigator.sendBeacon(to, new Blob([body], { type: "text/plain;charset=UTF-8" }));
  };
  return Object.assign(post, { last });
}

/** Other endpoints than a tracker's reply something else, or nothing. */
async function hear(response: Response, onReply: (reply: ReportReply) => void): Promise<void> {
  let reply: ReportReply;
  try {
    reply = parseReportReply(JSON.parse(await readText(response, MAX_JOIN_BYTES)));
  } catch {
    return;
  }
  onReply(reply);
}

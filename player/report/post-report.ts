import type { PostReport } from "./reporter.js";

const TIMEOUT_MS = 10_000;

/** Posts to an address. The content type is one that needs no preflight, which a page that goes away has no time for. */
export function postTo(url: string): PostReport {
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
      const response = await fetch(url, { ...request(body), signal: AbortSignal.timeout(TIMEOUT_MS) });
      const seconds = Number(response.headers.get("Retry-After") ?? Number.NaN);
      const retryAfterMs = seconds > 0 ? seconds * 1000 : undefined;
      return { at: "answered", status: response.status, retryAfterMs } as const;
    } catch {
      return { at: "failed" } as const;
    }
  };
  const last = (body: string) => {
    if ("keepalive" in Request.prototype) fetch(url, request(body)).catch(() => {});
    else navigator.sendBeacon(url, new Blob([body], { type: "text/plain;charset=UTF-8" }));
  };
  return Object.assign(post, { last });
}

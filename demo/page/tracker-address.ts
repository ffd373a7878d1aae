/** Base address of the tracker, which runs on the page's host. Secure pages may only ask secure servers. */
export function trackerAddress(page: { protocol: string; hostname: string }, port: number): string {
  const scheme = page.protocol === "https:" ? "https" : "http";
  return `${scheme}://${page.hostname}:${port}/`;
}

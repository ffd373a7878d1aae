/** The tracker runs on the page's host. Secure pages may only open secure sockets. */
export function trackerAddress(page: { protocol: string; hostname: string }, port: number): string {
  const scheme = page.protocol === "https:" ? "wss" : "ws";
  return `${scheme}://${page.hostname}:${port}/announce`;
}

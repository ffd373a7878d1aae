/** Names below `localhost` are secure wherever they lead (W3C Secure Contexts, section 3.1). */
const NAME = "viewers.localhost";

/** How browsers are to call a server of this machine. */
export interface SecureName {
  /** For the browsers' command lines. */
  readonly flags: readonly string[];
  /** @returns the URL under the name where it leads to that server, others as they are. */
  of(url: string): string;
}

/**
 * Pages that come from a bare address are not secure, except from the loopback's, and have no `crypto.subtle`.
 *
 * @param url anything on the server.
 */
export function secureNameOf(url: string): SecureName {
  const { hostname: address } = new URL(url);
  if (address === "localhost" || address.startsWith("127.")) return { flags: [], of: (other) => other };
  return {
    flags: [`--host-resolver-rules=MAP ${NAME} ${address}`],
    of: (other) => {
      const named = new URL(other);
      if (named.hostname !== address) return other;
      named.hostname = NAME;
      return named.href.replace(/\/$/, "");
    },
  };
}

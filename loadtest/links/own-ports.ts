import { type ForwardedPort, forwardPort } from "./forwarded-port.js";

/** The servers as one viewer finds them: at ports of its own, by which its link is told from others'. */
export interface OwnPorts extends Disposable {
  readonly ports: readonly number[];
  /** @returns the same address, at the viewer's own port. */
  of(url: string): string;
}

/** @param urls of servers that listen on `host`, each with its port. */
export async function openOwnPorts(host: string, urls: readonly string[]): Promise<OwnPorts> {
  const forwarded = new Map<string, ForwardedPort>();
  for (const port of new Set(urls.map((url) => new URL(url).port))) {
    forwarded.set(port, await forwardPort({ host, port: Number(port) }));
  }
  return {
    ports: [...forwarded.values()].map(({ port }) => port),
    of: (url) => {
      const own = new URL(url);
      const port = forwarded.get(own.port)?.port;
      if (port === undefined)
        throw new Error(`own ports: expected one of the servers' addresses, got ${url}`);
      own.port = String(port);
      return own.href.replace(/\/$/, "");
    },
    [Symbol.dispose]: () => {
      for (const port of forwarded.values()) port[Symbol.dispose]();
    },
  };
}

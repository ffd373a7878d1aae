import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import express from "express";
import { builtFolder } from "../../pages/built-folder.js";
import { serveViewerPages } from "./viewer-pages.js";

/** A server on this machine that has the viewers' page and nothing else. */
export interface PageServer extends AsyncDisposable {
  readonly url: string;
}

/** For viewers of a stream whose origin knows nothing of their page. */
export async function startPageServer(): Promise<PageServer> {
  const app = express();
  serveViewerPages(app);
  app.use(express.static(resolve(builtFolder(), "browser"), { index: false }));
  const server = createServer(app);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      const closed = once(server, "close");
      server.close();
      await closed;
    },
  };
}

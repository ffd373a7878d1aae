import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** An HTTP server that does whatever a test says, and remembers what it was asked. */
export async function startUpstream(answer: (req: IncomingMessage, res: ServerResponse) => void) {
  const asked: { url: string; headers: IncomingMessage["headers"] }[] = [];
  const server = createServer((req, res) => {
    asked.push({ url: req.url ?? "", headers: req.headers });
    answer(req, res);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/base/`,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

import { once } from "node:events";
import { createServer } from "node:net";

/** Systems give ports from 32768 on to whoever does not ask for a certain one, as other servers do at the same time. */
const PORTS = { from: 12_000, to: 32_000 };

/** A port that nobody uses now, for a server that does not tell which one it took, or that is started there later, or twice. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = PORTS.from + Math.floor(Math.random() * (PORTS.to - PORTS.from));
    const server = createServer().listen(port, "127.0.0.1");
    try {
      await once(server, "listening");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") continue;
      throw error;
    }
    server.close();
    await once(server, "close");
    return port;
  }
}

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** Another door to a server. */
export interface ForwardedPort extends Disposable {
  readonly port: number;
}

/** Opens a port of its own for somebody whose connections are to be told from others'. */
export async function forwardPort(to: {
  readonly host: string;
  readonly port: number;
}): Promise<ForwardedPort> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (inward) => {
    const onward = connect({ ...to, noDelay: true, allowHalfOpen: true });
    for (const [one, other] of [
      [inward, onward],
      [onward, inward],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      // Whoever loses one end loses the other; an end that came in order has been passed on by then.
      one.on("error", () => other.destroy());
      one.on("close", (hadError) => {
        sockets.delete(one);
        if (hadError || !one.readableEnded) other.destroy();
      });
    }
  });
  server.listen(0, to.host);
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.dispose]: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

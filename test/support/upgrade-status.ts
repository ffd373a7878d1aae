import { once } from "node:events";
import { request } from "node:http";

/** Asks for a WebSocket: 101, or what it is refused with. */
export async function upgradeStatus(
  url: string,
  headers: Record<string, string> = {},
): Promise<number | undefined> {
  const asked = request(url.replace("ws:", "http:"), {
    headers: {
      Connection: "Upgrade",
      Upgrade: "websocket",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
      ...headers,
    },
  }).end();
  asked.on("upgrade", (response, socket) => {
    socket.destroy();
    asked.emit("response", response);
  });
  const [response] = await once(asked, "response");
  response.resume();
  return response.statusCode;
}

import { connect } from "node:net";
import { text } from "node:stream/consumers";

/**
 * Sends a request as it stands and returns status and body: fetch would tidy the path, and add `Cache-Control: no-cache`
 * to conditional requests.
 */
export async function rawGet(
  port: number,
  target: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: string }> {
  const lines = Object.entries({ Host: "origin", Connection: "close", ...headers });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const socket = connect(port, "127.0.0.1");
  socket.write(Buffer.from(`GET ${target} HTTP/1.1\r\n${head}\r\n`, "latin1"));
  const [answer = "", ...body] = (await text(socket)).split("\r\n\r\n");
  return { status: Number(answer.split(" ")[1]), body: body.join("\r\n\r\n") };
}

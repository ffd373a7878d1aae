import { connect } from "node:net";
import { text } from "node:stream/consumers";

/** Sends a request line as it stands, because fetch would tidy the path, and returns status and body. */
export async function rawGet(port: number, target: string): Promise<{ status: number; body: string }> {
  const socket = connect(port, "127.0.0.1");
  socket.write(Buffer.from(`GET ${target} HTTP/1.1\r\nHost: origin\r\nConnection: close\r\n\r\n`, "latin1"));
  const answer = await text(socket);
  const [head = "", ...body] = answer.split("\r\n\r\n");
  return { status: Number(head.split(" ")[1]), body: body.join("\r\n\r\n") };
}

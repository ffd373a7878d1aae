import { Socket, type SocketConstructorOpts, type TcpSocketConnectOpts } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";

/** What libuv reads at one time. */
const SIZE = 64 * 1024;

/** Takes what a connection reads. */
export interface ByteReader {
  /** @param bytes overwritten by the next read of any socket. */
  read(bytes: Buffer): void;
}

/** Every read lands here and is done with before the next. */
const shared = Buffer.allocUnsafeSlow(SIZE);

/**
 * Node reads into one buffer where a socket was made with the option `onread`, and otherwise allocates 64 KiB for each
 * read: with thousands of short messages a second, giving those back takes a fifth of a tracker's time. An HTTP server
 * makes its sockets without the option, so they get what it sets afterwards, which a socket made with it shows.
 */
const OPTION = fieldsOfOption();

/**
 * Has a connection's bytes read into the shared buffer from now on instead of into its stream.
 *
 * @returns false where that cannot be: the connection is encrypted, bytes wait in its stream, or this Node is made
 * differently. All is as it was then.
 */
export function shareReads(duplex: Duplex, reader: ByteReader): boolean {
  if (OPTION === undefined || !(duplex instanceof Socket) || duplex instanceof TLSSocket) return false;
  const handle = (duplex as { _handle?: { useUserBuffer?: (buffer: Buffer) => void } })._handle;
  if (typeof handle?.useUserBuffer !== "function" || duplex.readableLength > 0) return false;
  const onRead = (size: number) => {
    if (!duplex.destroyed) reader.read(shared.subarray(0, size));
    // Goes on reading.
    return true;
  };
  Object.assign(duplex, { [OPTION.buffer]: shared, [OPTION.callback]: onRead });
  handle.useUserBuffer(shared);
  return true;
}

function fieldsOfOption(): { readonly buffer: symbol; readonly callback: symbol } | undefined {
  const callback = () => true;
  // Not in the types of the constructor, though it is documented there.
  const options: SocketConstructorOpts & Pick<TcpSocketConnectOpts, "onread"> = {
    onread: { buffer: shared, callback },
  };
  const model = new Socket(options);
  const plain = new Socket();
  const holding = (value: unknown) =>
    Object.getOwnPropertySymbols(plain).find(
      (field) => (model as unknown as Record<symbol, unknown>)[field] === value,
    );
  const fields = { buffer: holding(shared), callback: holding(callback) };
  if (fields.buffer === undefined || fields.callback === undefined) return undefined;
  return { buffer: fields.buffer, callback: fields.callback };
}

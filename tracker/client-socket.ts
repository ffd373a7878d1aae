import { type RawData, WebSocket } from "ws";

/** Whoever serves a WebSocket. */
export interface SocketOwner {
  onFrame(data: RawData, isBinary: boolean): void;
  onPong(): void;
  onError(error: Error & { code?: string }): void;
  onClose(): void;
}

/** A WebSocket that knows who serves it. */
export class ClientSocket extends WebSocket {
  owner: SocketOwner | undefined;

  /** To be called once. */
  serve(owner: SocketOwner): void {
    this.owner = owner;
    this.on("message", onMessage);
    this.on("pong", onPong);
    this.on("error", onError);
    this.on("close", onClose);
  }
}

// The same listeners for all sockets: functions that remember theirs would take a kilobyte of memory for each.

function onMessage(this: WebSocket, data: RawData, isBinary: boolean): void {
  (this as ClientSocket).owner?.onFrame(data, isBinary);
}

function onPong(this: WebSocket): void {
  (this as ClientSocket).owner?.onPong();
}

function onError(this: WebSocket, error: Error): void {
  (this as ClientSocket).owner?.onError(error);
}

function onClose(this: WebSocket): void {
  (this as ClientSocket).owner?.onClose();
}

import { type RawData, WebSocket } from "ws";

/** Whoever serves a WebSocket. */
export interface SocketOwner {
  onFrame(data: RawData, isBinary: boolean): void;
  onPong(): void;
  onError(error: Error & { code?: string }): void;
  onClose(): void;
}

/** A WebSocket that tells its one owner what it otherwise tells listeners, whose list takes 256 bytes for each socket. */
export class ClientSocket extends WebSocket {
  owner: SocketOwner | undefined;

  override emit(event: string | symbol, ...details: unknown[]): boolean {
    const { owner } = this;
    if (owner === undefined) return super.emit(event, ...details);
    switch (event) {
      case "message":
        owner.onFrame(details[0] as RawData, details[1] as boolean);
        return true;
      case "pong":
        owner.onPong();
        return true;
      case "error":
        owner.onError(details[0] as Error);
        return true;
      case "close":
        owner.onClose();
        return true;
      default:
        return super.emit(event, ...details);
    }
  }
}

import { isUtf8 } from "node:buffer";
import type { Duplex } from "node:stream";
import type { SocketOwner } from "./client-socket.js";
import { type ByteReader, shareReads } from "./shared-reads.js";
import { frameAt, type TextFrame, toggleMask } from "./wire/inbound-frame.js";

/**
 * Takes text messages out of what a WebSocket's client sends before ws gets to see it. Messages that come in one frame
 * are all that trackers' clients send. Control frames are passed on to ws, and so is everything from the first frame on
 * that is anything else, or wrong: ws knows what to say to it.
 */
export class TextFrames implements ByteReader {
  readonly #duplex: Duplex;
  readonly #taker: Pick<SocketOwner, "onFrame">;
  readonly #maxPayload: number;
  /** The beginning of a frame whose end has not come yet. */
  #begun: Buffer | undefined;
  #begunSize = 0;
  /** How much of it must have come before it is looked at again. */
  #wanted = 0;
  #isLeftToWs = false;

  /** @param maxPayload bytes; ws closes connections whose messages are longer. */
  constructor(duplex: Duplex, taker: Pick<SocketOwner, "onFrame">, maxPayload: number) {
    this.#duplex = duplex;
    this.#taker = taker;
    this.#maxPayload = maxPayload;
  }

  /** To be called when the WebSocket has just opened. Where reads cannot be shared ws goes on to see all of them. */
  start(): void {
    shareReads(this.#duplex, this);
  }

  read(bytes: Buffer): void {
    if (this.#begun === undefined) {
      this.#readFrames(bytes);
      return;
    }
    const begun = this.#keep(bytes);
    if (this.#begunSize < this.#wanted) return;
    const whole = begun.subarray(0, this.#begunSize);
    this.#begun = undefined;
    this.#begunSize = 0;
    this.#readFrames(whole);
  }

  /** @param bytes from the beginning of a frame on. */
  #readFrames(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length && !this.#isLeftToWs) {
      const frame = frameAt(bytes, at);
      const isTooLong = frame.kind === "text" && frame.length > this.#maxPayload;
      if (frame.kind === "other" || isTooLong) break;
      if (frame.end > bytes.length) {
        this.#wanted = frame.end - at;
        this.#keep(bytes.subarray(at));
        return;
      }
      if (frame.kind === "control") this.#passOn(bytes.subarray(at, frame.end));
      else if (frame.kind === "text" && !this.#takeText(bytes, frame)) break;
      at = frame.end;
    }
    if (at === bytes.length) return;
    this.#isLeftToWs = true;
    this.#passOn(bytes.subarray(at));
  }

  /** @returns false for what is not UTF-8; then it is as it was. */
  #takeText(bytes: Buffer, { mask, payload, end }: TextFrame): boolean {
    toggleMask(bytes, { mask, from: payload, to: end });
    const text = bytes.subarray(payload, end);
    if (isUtf8(text)) {
      this.#taker.onFrame(text, false);
      return true;
    }
    toggleMask(bytes, { mask, from: payload, to: end });
    return false;
  }

  /** Grows by doubling: what comes byte by byte is not copied again with each of them. */
  #keep(bytes: Buffer): Buffer {
    const size = this.#begunSize + bytes.length;
    let begun = this.#begun;
    if (begun === undefined || begun.length < size) {
      const larger = Buffer.allocUnsafeSlow(Math.max(size, 2 * this.#begunSize));
      begun?.copy(larger, 0, 0, this.#begunSize);
      begun = larger;
    }
    begun.set(bytes, this.#begunSize);
    this.#begun = begun;
    this.#begunSize = size;
    return begun;
  }

  #passOn(bytes: Buffer): void {
    if (!this.#duplex.destroyed) this.#duplex.push(Buffer.from(bytes));
  }
}

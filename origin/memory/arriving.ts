/** What follows a content that will not be completed. */
export class BrokenOffError extends Error {
  override readonly name = "BrokenOffError";
}

/** A content on its way in, which any number of readers can follow from its beginning while it grows. */
export class Arriving {
  readonly #chunks: Uint8Array[] = [];
  #state: "growing" | "complete" | "broken" = "growing";
  #bytes = 0;
  #wake: () => void = () => {};
  #change = this.#nextChange();

  /** So far. */
  get bytes(): number {
    return this.#bytes;
  }

  append(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.byteLength;
    this.#announce();
  }

  complete(): void {
    this.#state = "complete";
    this.#announce();
  }

  breakOff(): void {
    if (this.#state === "growing") this.#state = "broken";
    this.#announce();
  }

  /** @throws {BrokenOffError} after the chunks that came, when the rest will not. */
  async *follow(): AsyncGenerator<Uint8Array> {
    for (let next = 0; ; ) {
      const chunk = this.#chunks[next];
      if (chunk) {
        next += 1;
        yield chunk;
      } else if (this.#state === "growing") await this.#change;
      else if (this.#state === "complete") return;
      else throw new BrokenOffError("the content broke off");
    }
  }

  /** Everything, once it is complete. */
  async whole(): Promise<Buffer> {
    for await (const _ of this.follow());
    return Buffer.concat(this.#chunks);
  }

  #announce(): void {
    const wake = this.#wake;
    this.#change = this.#nextChange();
    wake();
  }

  #nextChange(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

/** Holds what one client is to be sent. */
export interface Outbox {
  flush(): void;
}

/**
 * Empties outboxes at the end of a turn of the event loop. All that a client is sent within one turn, such as the answers
 * to its offers, then takes one write: system calls are most of what an introduction costs.
 */
export class Outboxes {
  #filled: Outbox[] = [];

  /** To be called once for each outbox that was empty. */
  filled(outbox: Outbox): void {
    if (this.#filled.push(outbox) === 1) setImmediate(this.#flush);
  }

  readonly #flush = (): void => {
    const filled = this.#filled;
    this.#filled = [];
    for (const outbox of filled) outbox.flush();
  };
}

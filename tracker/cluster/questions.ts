/** Questions that wait for answers at one time; more are answered with nothing. */
const MAX_WAITING = 50;

interface Waiting {
  readonly answers: unknown[];
  readonly expected: number;
  readonly end: () => void;
}

/** Collects what other nodes answer. Who does not answer in time is left out. */
export class Questions {
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;

  /**
   * @param put sends the question with the number that its answers have to have.
   * @param expected how many nodes can answer.
   */
  ask(
    put: (number: number) => void,
    options: { readonly expected: number; readonly timeoutMs: number },
  ): Promise<unknown[]> {
    const { expected, timeoutMs } = options;
    if (expected === 0 || this.#waiting.size >= MAX_WAITING) return Promise.resolve([]);
    this.#asked += 1;
    const number = this.#asked;
    return new Promise((resolve) => {
      const answers: unknown[] = [];
      const timer = setTimeout(() => end(), timeoutMs);
      const end = () => {
        clearTimeout(timer);
        this.#waiting.delete(number);
        resolve(answers);
      };
      this.#waiting.set(number, { answers, expected, end });
      put(number);
    });
  }

  take(number: number, answer: unknown): void {
    const waiting = this.#waiting.get(number);
    if (waiting === undefined) return;
    waiting.answers.push(answer);
    if (waiting.answers.length >= waiting.expected) waiting.end();
  }

  /** Nobody answers any more. */
  stop(): void {
    for (const { end } of [...this.#waiting.values()]) end();
  }
}

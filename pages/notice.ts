/** A sentence that stands on the page as long as it is true. */
export class Notice {
  readonly #element: HTMLElement;

  constructor(element: HTMLElement) {
    this.#element = element;
  }

  show(sentence: string): void {
    if (this.#element.textContent !== sentence) this.#element.textContent = sentence;
    this.#element.hidden = false;
  }

  hide(): void {
    this.#element.hidden = true;
  }
}

const MAX_ENTRIES = 8;

interface Entry {
  readonly text: string;
  readonly element: HTMLLIElement;
  times: number;
}

/** The last events, newest first. One that repeats itself stays one line. */
export class EventLog {
  readonly #parent: HTMLElement;
  #newest: Entry | undefined;

  constructor(parent: HTMLElement) {
    this.#parent = parent;
  }

  add(text: string, at: Date): void {
    if (this.#newest?.text === text) this.#newest.times++;
    else this.#newest = { text, element: document.createElement("li"), times: 1 };
    const { element, times } = this.#newest;
    const time = document.createElement("time");
    time.dateTime = at.toISOString();
    time.textContent = at.toLocaleTimeString();
    const sentence = document.createElement("span");
    sentence.textContent = times > 1 ? `${text} (${times} times)` : text;
    element.replaceChildren(time, sentence);
    this.#parent.prepend(element);
    while (this.#parent.children.length > MAX_ENTRIES) this.#parent.lastElementChild?.remove();
  }
}

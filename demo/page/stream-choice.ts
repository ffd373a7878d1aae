import type { DemoStream } from "./demo-config.js";

/** The stream that the page's address names in its fragment, e.g. `#live`; otherwise the first. */
export function chosenStream(streams: readonly [DemoStream, ...DemoStream[]], hash: string): DemoStream {
  return streams.find((stream) => hash === hashOf(stream)) ?? streams[0];
}

/** Links, so that the address says what plays and the browser's history goes back to it. */
export class StreamLinks {
  readonly #links: ReadonlyMap<DemoStream, HTMLAnchorElement>;

  constructor(parent: HTMLElement, streams: readonly DemoStream[]) {
    this.#links = new Map(streams.map((stream) => [stream, createLink(stream)]));
    parent.replaceChildren(...this.#links.values());
  }

  show(current: DemoStream): void {
    for (const [stream, link] of this.#links) {
      if (stream === current) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }
}

export function hashOf(stream: DemoStream): string {
  return `#${encodeURIComponent(stream.name)}`;
}

function createLink(stream: DemoStream): HTMLAnchorElement {
  const link = document.createElement("a");
  link.href = hashOf(stream);
  link.textContent = stream.label;
  return link;
}

import { part } from "../../pages/part.js";
import type { PicturedViewer, SwarmPicture } from "../../tracker/live/feed.js";
import { askTracker, RefusedError } from "./ask-tracker.js";
import { showBars } from "./bar-rows.js";
import { showRows } from "./rows.js";
import { networkColour, SwarmCanvas } from "./swarm-canvas.js";
import { type PlacedViewer, SwarmLayout } from "./swarm-layout.js";

const INTERVAL_MS = 4_000;

/** Draws the swarm of one stream anew every few seconds. */
export class SwarmPanel {
  readonly #canvasElement = part("swarm", HTMLCanvasElement);
  readonly #layout = new SwarmLayout(() => this.#canvas.draw());
  readonly #canvas = new SwarmCanvas(this.#canvasElement, this.#layout);
  readonly #tip = part("swarm-tip");
  readonly #addresses = part("addresses", HTMLInputElement);
  readonly #onTokenNeeded: (because: string) => void;
  #asking = new AbortController();
  #picture: SwarmPicture | undefined;
  /** What is drawn; `undefined` before the first message. */
  #of: { readonly stream: string | undefined } | undefined;

  /** @param options.onTokenNeeded called where addresses are asked for and the admin token is missing. */
  constructor(options: { readonly onTokenNeeded: (because: string) => void }) {
    this.#onTokenNeeded = options.onTokenNeeded;
    this.#addresses.addEventListener("change", () => this.#restart());
    this.#canvasElement.addEventListener("pointermove", ({ offsetX: x, offsetY: y }) =>
      this.#point({ x, y }),
    );
    this.#canvasElement.addEventListener("pointerleave", () => {
      this.#tip.hidden = true;
    });
  }

  /** @param stream `undefined` for viewers that do not name theirs. */
  follow(stream: string | undefined): void {
    if (this.#of !== undefined && this.#of.stream === stream) return;
    this.#of = { stream };
    this.#layout.clear();
    this.#restart();
  }

  #restart(): void {
    this.#asking.abort();
    this.#asking = new AbortController();
    void this.#run(this.#asking.signal);
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      // Nobody sees it; it costs the tracker a look at all peers.
      if (!document.hidden) await this.#ask(signal);
      await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
    }
  }

  async #ask(signal: AbortSignal): Promise<void> {
    const stream = this.#of?.stream;
    const query = new URLSearchParams({
      ...(stream !== undefined && { stream }),
      ...(this.#addresses.checked && { addresses: "1" }),
    });
    try {
      const picture = (await (await askTracker(`swarm?${query}`, signal)).json()) as SwarmPicture;
      if (!signal.aborted) this.#show(picture);
    } catch (error) {
      if (signal.aborted) return;
      // While the tracker is away, the page says so, and the last picture stays.
      if (!(error instanceof RefusedError)) return;
      if (!this.#addresses.checked) return;
      this.#addresses.checked = false;
      part("swarm-note").textContent = `Addresses are not shown: ${error.message}`;
      if (error.asksForToken) this.#onTokenNeeded(error.message);
      await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
    }
  }

  #show(picture: SwarmPicture): void {
    this.#picture = picture;
    this.#layout.show(picture);
    this.#canvas.draw();
    const { stream, viewers, nodes, edges, networks, elsewhere, swarms } = picture;
    part("swarm-title").textContent =
      stream === undefined ? "Swarm of viewers that name no stream" : `Swarm of “${stream}”`;
    const sentence = sentenceOf(picture);
    part("swarm-note").textContent = sentence;
    this.#canvasElement.setAttribute("aria-label", sentence);
    part("networks-note").textContent =
      `${viewers} connected, ${swarms} ${swarms === 1 ? "rendition" : "renditions"}`;
    showBars(
      part("networks"),
      [
        ...networks.map(({ name, viewers: count }) => ({ name, count })),
        ...(elsewhere > 0 ? [{ name: "other networks", count: elsewhere }] : []),
      ],
      viewers,
    );
    for (const [index, row] of [...part("networks").children].entries()) {
      const bar = row.querySelector<HTMLElement>(".bar");
      if (bar) bar.style.backgroundColor = networkColour(index < networks.length ? index : -1);
    }
    const withAddresses = nodes.some(({ address }) => address !== undefined);
    part("address-column").hidden = !withAddresses;
    const known = nodes.map(
      (_, index) => edges.filter(({ from, to }) => from === index || to === index).length,
    );
    showRows(
      part("swarm-rows"),
      nodes.map((node, index) => [
        `#${node.id}`,
        this.#networkOf(node),
        `${known[index]}`,
        node.mayUpload ? "yes" : "no",
        ...(node.address === undefined ? [] : [node.address]),
      ]),
    );
  }

  #point(at: { readonly x: number; readonly y: number }): void {
    const placed = this.#canvas.viewerAt(at);
    this.#tip.hidden = placed === undefined;
    if (placed === undefined) return;
    this.#tip.textContent = this.#describe(placed);
    const isRight = at.x > this.#canvasElement.clientWidth / 2;
    this.#tip.style.left = isRight ? "auto" : `${at.x + 12}px`;
    this.#tip.style.right = isRight ? `${this.#canvasElement.clientWidth - at.x + 12}px` : "auto";
    this.#tip.style.top = `${at.y + 8}px`;
  }

  #describe({ viewer, known }: PlacedViewer): string {
    return [
      `Viewer #${viewer.id}`,
      this.#networkOf(viewer),
      `introduced to ${known} in the picture`,
      ...(viewer.mayUpload ? [] : ["does not upload"]),
      ...(viewer.address === undefined ? [] : [viewer.address]),
    ].join(" · ");
  }

  #networkOf({ network }: PicturedViewer): string {
    return this.#picture?.networks[network]?.name ?? "another network";
  }
}

function sentenceOf({ viewers, trackers, nodes, edges }: SwarmPicture): string {
  if (viewers === 0) return "Nobody is connected for it.";
  const where =
    trackers > 1 ? ` They are at ${trackers} trackers; lines are between viewers of the same one.` : "";
  const shown =
    nodes.length < viewers
      ? `${nodes.length} of ${viewers} viewers, from a few neighbourhoods, always the same ones.`
      : `${viewers} ${viewers === 1 ? "viewer" : "viewers"}.`;
  return `${shown} ${edges.length} introductions among them: the latest 32 of each viewer. Whether a connection came of one, the tracker does not see.${where}`;
}

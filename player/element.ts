import Hls from "hls.js";
import type { NearcastEventName } from "./events.js";
import type { Nearcast } from "./nearcast.js";
import type { NearcastOptions } from "./options.js";
import type { NearcastStats } from "./stats.js";
import { type HlsWithNearcast, withNearcast } from "./with-nearcast.js";

const FORWARDED: NearcastEventName[] = [
  "peerconnected",
  "peerdisconnected",
  "segmentloaded",
  "segmentrejected",
  "trackerfailed",
];
/** Attributes that the `<video>` inside has as well. */
const VIDEO_ATTRIBUTES = ["muted", "autoplay", "controls", "loop", "playsinline", "poster"];
const SOURCE_ATTRIBUTES = ["src", "tracker", "stream"];
const RECOVERY_PAUSE_MS = 3_000;

const STYLE = `
:host { display: block; position: relative; background: #000; aspect-ratio: 16 / 9; }
:host([hidden]) { display: none; }
video { display: block; width: 100%; height: 100%; }
[part="message"] {
  position: absolute; inset: auto 0 0 0; margin: 0; padding: .6em 1em;
  font: .9rem/1.4 system-ui, sans-serif; color: #fff; background: rgb(0 0 0 / .75);
}
[part="message"]:empty { display: none; }
`;

/** Where pages are rendered on a server, the module can be loaded; elements are made in browsers only. */
const Base = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

/**
 * `<nearcast-player>`: plays an HLS stream and shares it with nearby viewers.
 *
 * @attr {string} src - Address of the multivariant or media playlist.
 * @attr {string} tracker - Base address of the tracker (`https:`), or where to announce (`wss:`); without it, or without `stream`, the origin alone is used.
 * @attr {string} stream - Name of the stream.
 * @attr {boolean} muted
 * @attr {boolean} autoplay
 * @attr {boolean} controls
 * @attr {boolean} loop
 * @attr {boolean} playsinline
 * @attr {string} poster
 * @csspart video - The `<video>` element.
 * @csspart message - One sentence, shown when the stream cannot be played.
 * @fires peerconnected, peerdisconnected, segmentloaded, segmentrejected, trackerfailed - see `NearcastEventMap`.
 * @fires error - `detail.message` says why the stream cannot be played at the moment.
 */
export class NearcastPlayerElement extends Base {
  static readonly observedAttributes = [...SOURCE_ATTRIBUTES, ...VIDEO_ATTRIBUTES];

  /** The `<video>` inside: for playback control and media events. */
  readonly video: HTMLVideoElement;
  /** More options than there are attributes for; set before the element is connected, or call `load()` after. */
  options: Partial<Omit<NearcastOptions, "tracker" | "stream">> = {};
  readonly #message: HTMLParagraphElement;
  #hls: HlsWithNearcast | undefined;
  #isLoaded = false;
  #isLoadPlanned = false;
  #recoveryTimer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    const style = document.createElement("style");
    style.textContent = STYLE;
    this.video = document.createElement("video");
    this.video.setAttribute("part", "video");
    this.#message = document.createElement("p");
    this.#message.setAttribute("part", "message");
    this.#message.setAttribute("role", "status");
    root.append(style, this.video, this.#message);
  }

  /** The hls.js player; `undefined` before `src` is set, and where the browser plays HLS by itself. */
  get hls(): HlsWithNearcast | undefined {
    return this.#hls;
  }

  get nearcast(): Nearcast | undefined {
    return this.#hls?.nearcast;
  }

  /** `undefined` while peers are not configured. */
  get stats(): NearcastStats | undefined {
    return this.nearcast?.stats;
  }

  get src(): string {
    return this.getAttribute("src") ?? "";
  }
  set src(value: string) {
    this.setAttribute("src", value);
  }

  get tracker(): string {
    return this.getAttribute("tracker") ?? "";
  }
  set tracker(value: string) {
    this.setAttribute("tracker", value);
  }

  get stream(): string {
    return this.getAttribute("stream") ?? "";
  }
  set stream(value: string) {
    this.setAttribute("stream", value);
  }

  get poster(): string {
    return this.getAttribute("poster") ?? "";
  }
  set poster(value: string) {
    this.setAttribute("poster", value);
  }

  get muted(): boolean {
    return this.hasAttribute("muted");
  }
  set muted(value: boolean) {
    this.toggleAttribute("muted", value);
  }

  get autoplay(): boolean {
    return this.hasAttribute("autoplay");
  }
  set autoplay(value: boolean) {
    this.toggleAttribute("autoplay", value);
  }

  get controls(): boolean {
    return this.hasAttribute("controls");
  }
  set controls(value: boolean) {
    this.toggleAttribute("controls", value);
  }

  get loop(): boolean {
    return this.hasAttribute("loop");
  }
  set loop(value: boolean) {
    this.toggleAttribute("loop", value);
  }

  get playsInline(): boolean {
    return this.hasAttribute("playsinline");
  }
  set playsInline(value: boolean) {
    this.toggleAttribute("playsinline", value);
  }

  connectedCallback(): void {
    if (!this.#isLoaded) this.#planLoad();
  }

  disconnectedCallback(): void {
    // Moving an element disconnects and connects it in one go; only one that stays out lets go of its peers.
    queueMicrotask(() => {
      if (!this.isConnected) this.#unload();
    });
  }

  attributeChangedCallback(name: string, previous: string | null, value: string | null): void {
    if (VIDEO_ATTRIBUTES.includes(name)) {
      if (value === null) this.video.removeAttribute(name);
      else this.video.setAttribute(name, value);
      // The attribute only says how a video begins.
      if (name === "muted") this.video.muted = value !== null;
    } else if (previous !== value && this.isConnected) {
      this.#planLoad();
    }
  }

  /** Loads `src` anew, with the attributes and options as they are now. */
  load(): void {
    this.#unload();
    if (!this.src) return;
    this.#isLoaded = true;
    if (!Hls.isSupported()) {
      this.#playNatively();
      return;
    }
    const nearcast = this.#nearcastOptions();
    const hls = this.#create(nearcast);
    this.#hls = hls;
    for (const name of FORWARDED) {
      hls.nearcast?.addEventListener(name, ({ detail }) =>
        this.dispatchEvent(new CustomEvent(name, { detail })),
      );
    }
    hls.on(Hls.Events.ERROR, (_event, { fatal, type, details, error }) => {
      if (fatal) this.#recover(hls, type, `${details}: ${error.message}`);
    });
    hls.on(Hls.Events.FRAG_BUFFERED, () => this.#show(""));
    hls.loadSource(this.src);
    hls.attachMedia(this.video);
  }

  #planLoad(): void {
    if (this.#isLoadPlanned) return;
    this.#isLoadPlanned = true;
    queueMicrotask(() => {
      this.#isLoadPlanned = false;
      if (this.isConnected) this.load();
    });
  }

  #unload(): void {
    clearTimeout(this.#recoveryTimer);
    this.#isLoaded = false;
    this.#hls?.destroy();
    this.#hls = undefined;
    this.#show("");
  }

  #nearcastOptions(): NearcastOptions | undefined {
    const { tracker, stream } = this;
    if (!tracker && !stream) return undefined;
    return { ...this.options, tracker, stream };
  }

  /** A wrong attribute must not keep the video from playing. */
  #create(nearcast: NearcastOptions | undefined): HlsWithNearcast {
    const NearcastHls = withNearcast(Hls);
    if (!nearcast) return new NearcastHls();
    try {
      return new NearcastHls({ nearcast });
    } catch (error) {
      console.warn(
        `<nearcast-player> plays from the origin alone. ${error instanceof Error ? error.message : error}`,
      );
      return new NearcastHls();
    }
  }

  #playNatively(): void {
    if (this.video.canPlayType("application/vnd.apple.mpegurl")) this.video.src = this.src;
    else this.#fail("This browser cannot play HLS.");
  }

  #recover(hls: HlsWithNearcast, type: string, message: string): void {
    this.#fail(message);
    if (type === Hls.ErrorTypes.MEDIA_ERROR) {
      hls.recoverMediaError();
      return;
    }
    if (type !== Hls.ErrorTypes.NETWORK_ERROR) return;
    clearTimeout(this.#recoveryTimer);
    this.#recoveryTimer = setTimeout(() => {
      if (this.#hls !== hls) return;
      if (hls.levels.length > 0) hls.startLoad();
      else hls.loadSource(this.src);
    }, RECOVERY_PAUSE_MS);
  }

  #fail(message: string): void {
    this.#show(message);
    this.dispatchEvent(new CustomEvent("error", { detail: { message } }));
  }

  #show(message: string): void {
    if (this.#message.textContent !== message) this.#message.textContent = message;
  }
}

if (globalThis.customElements && !customElements.get("nearcast-player")) {
  customElements.define("nearcast-player", NearcastPlayerElement);
}

declare global {
  interface HTMLElementTagNameMap {
    "nearcast-player": NearcastPlayerElement;
  }
}

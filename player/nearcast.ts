import type Hls from "hls.js";
import { systemClock } from "./clock.js";
import type { Delivery } from "./delivery/delivery.js";
import { type NearcastEventMap, type NearcastEventName, NearcastEventTarget } from "./events.js";
import { followPlaylists } from "./hls/playlists.js";
import { QualityMeter } from "./hls/quality.js";
import { KeyRing } from "./integrity/key-ring.js";
import { followManners } from "./manners.js";
import { type Consent, type ParsedOptions, parseConsent } from "./options.js";
import { Session } from "./session.js";
import type { NearcastStats } from "./stats.js";

/** What an hls.js player has as its `nearcast` property. */
export class Nearcast extends NearcastEventTarget {
  readonly #options: ParsedOptions;
  readonly #meter = new QualityMeter(() => systemClock.now());
  readonly #stops: (() => void)[] = [];
  readonly #keys: KeyRing;
  #consent: Consent;
  #uploadsOffBecause: string | undefined;
  #session: Session | undefined;
  #firstPath: string | undefined;

  /** @internal Made by `withNearcast`. */
  constructor(options: ParsedOptions) {
    super();
    this.#options = options;
    this.#consent = options.consent;
    this.#keys = new KeyRing({
      configured: options.publicKeys,
      subtle: globalThis.crypto?.subtle,
      fetch: (...request) => fetch(...request),
      clock: systemClock,
    });
  }

  /** Everything counted since the source began to load, as one snapshot. */
  get stats(): NearcastStats {
    if (!this.#session) throw new Error("There are no statistics before the player is there.");
    return this.#session.stats;
  }

  get consent(): Consent {
    return this.#consent;
  }

  /**
   * The viewer has agreed to connections with others, or has not, or does not any more: then all of them are closed at
   * once, and playback goes on from the origin.
   *
   * @throws {TypeError} for anything but `granted`, `denied` and `ask`.
   */
  setConsent(consent: Consent): void {
    this.#consent = parseConsent(consent) ?? this.#consent;
    this.#session?.setConsent(this.#consent);
  }

  /** @internal For the fragment loader. */
  get delivery(): Delivery | undefined {
    return this.#session?.delivery;
  }

  /** @internal For the fragment loader. */
  plainBytesLoaded(bytes: number, segmentS: number | undefined): void {
    this.#session?.ledger.passed(bytes, segmentS);
  }

  /** @internal For the fragment loader. */
  plainBytesLost(bytes: number): void {
    this.#session?.ledger.lost("origin", bytes);
  }

  /** @internal For the fragment loader. */
  fragmentRequested(startS: number): void {
    this.#session?.fragmentRequested(startS);
  }

  /** @internal Called by `withNearcast` once the player is there. */
  bind(hls: Hls, Events: typeof Hls.Events): void {
    this.#begin(hls, this.#options.swarmId);
    this.#stops.push(
      this.#meter.attach(hls, Events),
      followPlaylists(hls, Events, {
        manifestLoading: (url) => this.#begin(hls, this.#swarmIdOf(url)),
        playlistUpdated: (playlist) => this.#session?.playlistUpdated(playlist),
      }),
      followManners(this.#options.uploadWhile, { navigator, document }, systemClock, (because) => {
        this.#uploadsOffBecause = because;
        this.#session?.setUploadsOff(because);
      }),
      this.#followPage(),
    );
    let stopMedia = () => {};
    hls.on(Events.MEDIA_ATTACHED, (_event, { media }) => {
      stopMedia();
      stopMedia = this.#followMedia(media);
    });
    hls.on(Events.MEDIA_DETACHING, () => stopMedia());
    hls.on(Events.DESTROYING, () => {
      stopMedia();
      for (const stop of this.#stops.splice(0)) stop();
      this.#session?.close();
    });
  }

  #begin(hls: Hls, swarmId: string): void {
    // The last report of the session before is about what the meter has seen of it.
    this.#session?.close();
    this.#meter.reset();
    this.#session = new Session({
      options: this.#options,
      hls,
      swarmId,
      keys: this.#keys,
      meter: this.#meter,
      consent: this.#consent,
      uploadsOffBecause: this.#uploadsOffBecause,
      emit: (name, detail) => this.#emit(name, detail),
    });
  }

  /**
   * The stream's name stands for the first source. Another one that the player goes on to must not meet the viewers
   * of the first; whoever goes on to the same path meets there, from whichever host.
   */
  #swarmIdOf(url: string): string {
    const { pathname } = new URL(url, document.baseURI);
    this.#firstPath ??= pathname;
    return pathname === this.#firstPath ? this.#options.swarmId : `${this.#options.swarmId}${pathname}`;
  }

  /** A tab that is closed would otherwise be missed by its peers only after many seconds. */
  #followPage(): () => void {
    const hide = () => this.#session?.suspend();
    const show = () => this.#session?.resume();
    addEventListener("pagehide", hide);
    addEventListener("pageshow", show);
    return () => {
      removeEventListener("pagehide", hide);
      removeEventListener("pageshow", show);
    };
  }

  #followMedia(media: HTMLMediaElement): () => void {
    const moved = () => this.delivery?.playheadMoved();
    const started = () => this.delivery?.playbackStarted();
    const names = ["timeupdate", "seeking", "ratechange", "play", "pause"];
    for (const name of names) media.addEventListener(name, moved);
    media.addEventListener("playing", started);
    return () => {
      media.removeEventListener("playing", started);
      for (const name of names) media.removeEventListener(name, moved);
    };
  }

  #emit<Name extends NearcastEventName>(name: Name, detail: NearcastEventMap[Name]["detail"]): void {
    this.dispatchEvent(new CustomEvent(name, { detail }) as NearcastEventMap[Name]);
  }
}

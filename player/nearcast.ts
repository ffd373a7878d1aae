import type Hls from "hls.js";
import { systemClock } from "./clock.js";
import { Delivery } from "./delivery/delivery.js";
import { type NearcastEventMap, type NearcastEventName, NearcastEventTarget } from "./events.js";
import { startOriginFetch } from "./hls/origin-loader.js";
import { playheadOf } from "./hls/playhead.js";
import { followPlaylists } from "./hls/playlists.js";
import { QualityMeter } from "./hls/quality.js";
import type { ParsedOptions } from "./options.js";
import { createPeerId } from "./protocol/index.js";
import type { NearcastStats } from "./stats.js";
import { missingSupport } from "./support.js";
import { reachableIceServers } from "./webrtc/reachable-ice-servers.js";

/** What an hls.js player has as its `nearcast` property. */
export class Nearcast extends NearcastEventTarget {
  readonly #options: ParsedOptions;
  readonly #meter = new QualityMeter(() => systemClock.now());
  readonly #mode: NearcastStats["mode"];
  readonly #stops: (() => void)[] = [];
  #hls: Hls | undefined;
  #delivery: Delivery | undefined;
  #startS: number | undefined;
  #firstPath: string | undefined;
  #loadingSinceMs = 0;
  #firstPeerMs: number | undefined;
  #counts = newCounts();

  /** @internal Made by `withNearcast`. */
  constructor(options: ParsedOptions) {
    super();
    this.#options = options;
    const because = options.isEnabled ? missingSupport(globalThis) : "peers are switched off";
    this.#mode = because === undefined ? { uses: "peers" } : { uses: "origin", because };
  }

  /** Everything counted so far, as one snapshot. */
  get stats(): NearcastStats {
    const { quality } = this.#meter;
    const { fromPeers, fromOrigin, ...counts } = this.#counts;
    const hls = this.#hls;
    const playhead = hls && playheadOf(hls, this.#startS);
    const received = fromPeers.bytes + fromOrigin.bytes;
    return {
      mode: this.#mode,
      bytes: {
        fromPeers: fromPeers.bytes,
        fromOrigin: fromOrigin.bytes + counts.initBytes,
        uploaded: counts.uploadedBytes,
        wasted: counts.wastedBytes,
      },
      segments: { fromPeers: fromPeers.segments, fromOrigin: fromOrigin.segments },
      offload: received > 0 ? fromPeers.bytes / received : 0,
      peers: this.#delivery?.peers.size ?? 0,
      isTrackerConnected: this.#delivery?.isTrackerConnected ?? false,
      firstPeerMs: this.#firstPeerMs,
      ...quality,
      bufferS: playhead ? playhead.bufferedToS - playhead.positionS : 0,
      latencyS: hls?.latestLevelDetails?.live ? hls.latency : undefined,
      storedBytes: this.#delivery?.storedBytes ?? 0,
    };
  }

  /** @internal For the fragment loader. */
  get delivery(): Delivery | undefined {
    return this.#delivery;
  }

  /** @internal For the fragment loader. */
  plainBytesLoaded(bytes: number, isSegment: boolean): void {
    if (!isSegment) {
      this.#counts.initBytes += bytes;
      return;
    }
    this.#counts.fromOrigin.bytes += bytes;
    this.#counts.fromOrigin.segments++;
  }

  /** @internal For the fragment loader: where playback will begin, until something is buffered. */
  fragmentRequested(startS: number): void {
    this.#startS = startS;
  }

  /** @internal Called by `withNearcast` once the player is there. */
  bind(hls: Hls, Events: typeof Hls.Events): void {
    this.#hls = hls;
    this.#stops.push(
      this.#meter.attach(hls, Events),
      followPlaylists(hls, Events, {
        manifestLoading: (url) => this.#restart(hls, url),
        playlistUpdated: (...update) => this.#delivery?.setPlaylist(...update),
      }),
    );
    this.#stops.push(this.#followPage());
    let stopMedia = () => {};
    hls.on(Events.MEDIA_ATTACHED, (_event, { media }) => {
      stopMedia();
      stopMedia = this.#followMedia(media);
    });
    hls.on(Events.MEDIA_DETACHING, () => stopMedia());
    hls.on(Events.DESTROYING, () => {
      stopMedia();
      this.#close();
    });
  }

  #restart(hls: Hls, url: string): void {
    this.#delivery?.close();
    this.#delivery = undefined;
    this.#counts = newCounts();
    this.#firstPeerMs = undefined;
    this.#startS = undefined;
    this.#loadingSinceMs = systemClock.now();
    this.#meter.reset();
    if (this.#mode.uses === "peers") this.#delivery = this.#createDelivery(hls, this.#swarmIdOf(url));
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

  #createDelivery(hls: Hls, swarmId: string): Delivery {
    const options = this.#options;
    return new Delivery({
      swarmId,
      trackers: options.trackers,
      newPeerId: () => createPeerId(options.mayUpload ? "seed" : "leech", Math.random),
      iceServers: options.iceServers,
      reachableIceServers: (servers) =>
        reachableIceServers(servers, (configuration) => new RTCPeerConnection(configuration), systemClock),
      mayUpload: options.mayUpload,
      memoryLimitBytes: options.memoryLimitBytes,
      windowS: options.prefetchWindowS,
      startFetch: (segment, listener) => startOriginFetch(hls, segment, listener),
      playhead: () => playheadOf(hls, this.#startS),
      listener: {
        peerConnected: (peerId) => {
          this.#firstPeerMs ??= systemClock.now() - this.#loadingSinceMs;
          this.#emit("peerconnected", { peerId });
        },
        peerDisconnected: (peerId) => this.#emit("peerdisconnected", { peerId }),
        segmentArrived: ({ url }, bytes, source, peerId) => {
          const count = source === "peer" ? this.#counts.fromPeers : this.#counts.fromOrigin;
          count.bytes += bytes;
          count.segments++;
          this.#emit("segmentloaded", { url, bytes, source, peerId });
        },
        peerBytesLost: (bytes) => {
          this.#counts.wastedBytes += bytes;
        },
        uploaded: (bytes) => {
          this.#counts.uploadedBytes += bytes;
        },
        trackerFailed: (error) =>
          this.#emit("trackerfailed", { message: error instanceof Error ? error.message : String(error) }),
      },
    });
  }

  /** A tab that is closed would otherwise be missed by its peers only after many seconds. */
  #followPage(): () => void {
    const hide = () => this.#delivery?.suspend();
    const show = () => this.#delivery?.resume();
    addEventListener("pagehide", hide);
    addEventListener("pageshow", show);
    return () => {
      removeEventListener("pagehide", hide);
      removeEventListener("pageshow", show);
    };
  }

  #followMedia(media: HTMLMediaElement): () => void {
    const moved = () => this.#delivery?.playheadMoved();
    const started = () => this.#delivery?.playbackStarted();
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

  #close(): void {
    for (const stop of this.#stops.splice(0)) stop();
    this.#delivery?.close();
    this.#delivery = undefined;
  }
}

function newCounts() {
  return {
    fromPeers: { bytes: 0, segments: 0 },
    fromOrigin: { bytes: 0, segments: 0 },
    initBytes: 0,
    uploadedBytes: 0,
    wastedBytes: 0,
  };
}

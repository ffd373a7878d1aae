import type Hls from "hls.js";
import { systemClock } from "./clock.js";
import { Delivery } from "./delivery/delivery.js";
import { Ledger } from "./delivery/ledger.js";
import { type NearcastEventMap, type NearcastEventName, NearcastEventTarget } from "./events.js";
import { startOriginFetch } from "./hls/origin-loader.js";
import { playheadOf } from "./hls/playhead.js";
import { followPlaylists } from "./hls/playlists.js";
import { QualityMeter } from "./hls/quality.js";
import { Integrity } from "./integrity/integrity.js";
import { KeyRing } from "./integrity/key-ring.js";
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
  readonly #keys: KeyRing;
  #integrity: Integrity;
  #ledger = new Ledger();
  #hls: Hls | undefined;
  #delivery: Delivery | undefined;
  #startS: number | undefined;
  #firstPath: string | undefined;
  #loadingSinceMs = 0;
  #firstPeerMs: number | undefined;
  #uploadedBytes = 0;
  #integrityFailures = 0;

  /** @internal Made by `withNearcast`. */
  constructor(options: ParsedOptions) {
    super();
    this.#options = options;
    const because = options.isEnabled
      ? missingSupport(globalThis, options.integrity)
      : "peers are switched off";
    this.#mode = because === undefined ? { uses: "peers" } : { uses: "origin", because };
    this.#keys = new KeyRing({
      configured: options.publicKeys,
      subtle: globalThis.crypto?.subtle,
      fetch: (...request) => fetch(...request),
      clock: systemClock,
    });
    this.#integrity = this.#createIntegrity();
  }

  /** Everything counted so far, as one snapshot. */
  get stats(): NearcastStats {
    const { quality } = this.#meter;
    const { played, ahead, wasted, rejected, unverified } = this.#ledger.totals;
    const hls = this.#hls;
    const playhead = hls && playheadOf(hls, this.#startS);
    const segmentBytes = played.peer.bytes + played.origin.bytes - played.initBytes;
    return {
      mode: this.#modeNow(),
      bytes: {
        fromPeers: played.peer.bytes,
        fromOrigin: played.origin.bytes,
        uploaded: this.#uploadedBytes,
        rejected,
        ahead: { fromPeers: ahead.peer, fromOrigin: ahead.origin },
        wasted: { fromPeers: wasted.peer, fromOrigin: wasted.origin },
      },
      segments: { fromPeers: played.peer.segments, fromOrigin: played.origin.segments },
      offload: segmentBytes > 0 ? played.peer.bytes / segmentBytes : 0,
      peers: this.#delivery?.peers.size ?? 0,
      isTrackerConnected: this.#delivery?.isTrackerConnected ?? false,
      firstPeerMs: this.#firstPeerMs,
      ...quality,
      bufferS: playhead ? playhead.bufferedToS - playhead.positionS : 0,
      latencyS: hls?.latestLevelDetails?.live ? hls.latency : undefined,
      storedBytes: this.#delivery?.storedBytes ?? 0,
      integrity: {
        policy: this.#options.integrity,
        state: this.#integrity.state,
        failures: this.#integrityFailures,
        unverifiedBytes: unverified,
      },
    };
  }

  #modeNow(): NearcastStats["mode"] {
    const { state, isUseful } = this.#integrity;
    if (this.#mode.uses === "origin" || state.at !== "unverified" || isUseful) return this.#mode;
    return { uses: "origin", because: state.because };
  }

  /** @internal For the fragment loader. */
  get delivery(): Delivery | undefined {
    return this.#delivery;
  }

  /** @internal For the fragment loader. */
  plainBytesLoaded(bytes: number, isSegment: boolean): void {
    this.#ledger.passed(bytes, isSegment);
  }

  /** @internal For the fragment loader. */
  plainBytesLost(bytes: number): void {
    this.#ledger.lost("origin", bytes);
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
        playlistUpdated: (playlist) => {
          const { track, segments, isLive, targetDurationS, text, url } = playlist;
          this.#integrity.learn(track.id, text, url, segments);
          this.#delivery?.setPlaylist(track, segments, isLive, targetDurationS);
        },
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
    this.#ledger = new Ledger();
    this.#integrity = this.#createIntegrity();
    this.#uploadedBytes = 0;
    this.#integrityFailures = 0;
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

  #createIntegrity(): Integrity {
    const integrity: Integrity = new Integrity({
      policy: this.#options.integrity,
      keys: this.#keys,
      subtle: globalThis.crypto?.subtle,
      onChange: () => {
        if (this.#integrity === integrity) this.#delivery?.integrityChanged();
      },
      warn: (because) => {
        if (this.#mode.uses === "peers") console.warn(`Nearcast plays from the origin alone: ${because}.`);
      },
    });
    return integrity;
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
      integrity: this.#integrity,
      verifyOrigin: options.verifyOrigin,
      ledger: this.#ledger,
      listener: {
        peerConnected: (peerId) => {
          this.#firstPeerMs ??= systemClock.now() - this.#loadingSinceMs;
          this.#emit("peerconnected", { peerId });
        },
        peerDisconnected: (peerId) => this.#emit("peerdisconnected", { peerId }),
        segmentArrived: ({ url }, bytes, source, peerId) => {
          this.#emit("segmentloaded", { url, bytes, source, peerId });
        },
        segmentRejected: ({ segment, bytes, polluter }) => {
          this.#integrityFailures++;
          this.#emit("segmentrejected", { url: segment.url, bytes, peerId: polluter });
        },
        uploaded: (bytes) => {
          this.#uploadedBytes += bytes;
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

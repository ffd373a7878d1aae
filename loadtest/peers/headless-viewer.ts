import { webcrypto } from "node:crypto";
import { systemClock } from "../../player/clock.js";
import { Delivery } from "../../player/delivery/delivery.js";
import { Ledger } from "../../player/delivery/ledger.js";
import { Integrity } from "../../player/integrity/integrity.js";
import { KeyRing } from "../../player/integrity/key-ring.js";
import type { UploadBudget } from "../../player/policy/upload-budget.js";
import { createPeerId } from "../../player/protocol/index.js";
import { PlaylistReader, readVariants, type Variant } from "./playlist-reader.js";
import { SegmentFetcher } from "./segment-fetch.js";
import { VirtualPlayer } from "./virtual-player.js";

export interface HeadlessViewerOptions {
  /** Master playlist. */
  readonly src: string;
  /** Announce addresses. */
  readonly trackers: readonly string[];
  readonly iceServers: readonly RTCIceServer[];
  /** Public keys (JWK) that sign the playlists; none takes those that the playlists' host publishes. */
  readonly integrityKeys: readonly unknown[];
  readonly swarmId: string;
  readonly latencySegments: number;
  readonly usesPeers: boolean;
  readonly mayUpload: boolean;
  readonly uploadBudget: UploadBudget;
  readonly windowS: number;
  readonly memoryLimitBytes: number;
  /** Plays the best rendition of at most so many bits per second. */
  readonly maxBitsPerSecond: number;
  readonly random: () => number;
}

/** What one viewer has done so far. Bytes are segments'. */
export interface ViewerCounts {
  readonly loadedBytes: number;
  readonly fromPeers: number;
  readonly fromOrigin: number;
  readonly uploaded: number;
  readonly discarded: number;
  readonly peers: number;
}

const RELOAD_AFTER_ERROR_MS = 1_000;

/**
 * A viewer in this process: the player's own delivery over real data channels and the real tracker, with a virtual
 * player instead of hls.js.
 */
export class HeadlessViewer {
  readonly player: VirtualPlayer;
  readonly #options: HeadlessViewerOptions;
  readonly #fetcher = new SegmentFetcher();
  readonly #ledger = new Ledger();
  readonly #integrity: Integrity;
  readonly #delivery: Delivery;
  #fromPeers = 0;
  #uploaded = 0;
  #stopReloading = () => {};
  #isClosed = false;
  /** The playlists could not be had at all. */
  failure: Error | undefined;

  constructor(options: HeadlessViewerOptions) {
    this.#options = options;
    const subtle = webcrypto.subtle as SubtleCrypto;
    const keys = new KeyRing({ configured: undefined, subtle, fetch, clock: systemClock });
    keys.tell(options.integrityKeys);
    this.#integrity = new Integrity({
      policy: "required",
      keys,
      subtle,
      onChange: () => this.#delivery.integrityChanged(),
      warn: () => {},
    });
    this.player = new VirtualPlayer({
      clock: systemClock,
      latencySegments: options.latencySegments,
      source: () => this.#delivery,
    });
    this.#delivery = new Delivery({
      swarmId: options.swarmId,
      trackers: () => options.trackers,
      newPeerId: () => createPeerId(options.mayUpload ? "seed" : "leech", options.random),
      iceServers: () => options.iceServers,
      reachableIceServers: (servers) => Promise.resolve(servers),
      mayUpload: options.mayUpload,
      mayConnect: options.usesPeers,
      uploadBudget: options.uploadBudget,
      memoryLimitBytes: options.memoryLimitBytes,
      windowS: options.windowS,
      startFetch: this.#fetcher.start,
      playhead: () => this.player.playhead,
      integrity: options.usesPeers ? this.#integrity : NOBODY,
      verifyOrigin: false,
      ledger: this.#ledger,
      random: options.random,
      listener: {
        peerConnected: () => {},
        peerDisconnected: () => {},
        peerRefused: () => {},
        segmentArrived: (_segment, bytes, source) => {
          if (source === "peer") this.#fromPeers += bytes;
        },
        segmentRejected: () => {},
        uploaded: (bytes) => {
          this.#uploaded += bytes;
        },
        trackerFailed: () => {},
      },
    });
    void this.#load();
  }

  get counts(): ViewerCounts {
    const { played, wasted, rejected } = this.#ledger.totals;
    return {
      loadedBytes: played.peer.bytes + played.origin.bytes,
      fromPeers: this.#fromPeers,
      fromOrigin: this.#fetcher.bytes,
      uploaded: this.#uploaded,
      discarded: wasted.peer + rejected,
      peers: this.#delivery.peers.size,
    };
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stopReloading();
    this.player.close();
    this.#delivery.close();
    this.#fetcher.close();
  }

  async #load(): Promise<void> {
    try {
      const { text, url } = await this.#fetcher.text(this.#options.src);
      const variants = readVariants(text, url);
      const best = variants.find(({ bitsPerSecond }) => bitsPerSecond <= this.#options.maxBitsPerSecond);
      const variant = best ?? variants.at(-1);
      if (!variant) throw new Error(`${url}: no rendition`);
      await this.#reload(variant, new PlaylistReader(variant.track), undefined);
    } catch (error) {
      this.failure = error as Error;
    }
  }

  async #reload(variant: Variant, reader: PlaylistReader, newest: number | undefined): Promise<void> {
    if (this.#isClosed) return;
    const askedAtMs = systemClock.now();
    let next = newest;
    let waitMs = RELOAD_AFTER_ERROR_MS;
    try {
      const { text, url } = await this.#fetcher.text(variant.url);
      if (this.#isClosed) return;
      const playlist = reader.read(text, url);
      const { segments, isLive, targetDurationS } = playlist;
      this.#integrity.learn(variant.track.id, text, url, segments);
      this.#delivery.setPlaylist(variant.track, segments, isLive, targetDurationS);
      this.player.setPlaylist(playlist);
      if (!isLive) return;
      next = segments.at(-1)?.number;
      // RFC 8216, section 6.3.4: half the target duration where nothing has changed.
      waitMs = targetDurationS * (next === newest ? 500 : 1_000) - (systemClock.now() - askedAtMs);
    } catch (error) {
      if (newest === undefined) throw error;
    }
    this.#stopReloading = systemClock.after(Math.max(0, waitMs), () => {
      void this.#reload(variant, reader, next);
    });
  }
}

/** Peers are not used: nothing may come from them, so none are met. */
const NOBODY = { mayShare: () => false, isUseful: false, check: () => "unverifiable" as const };

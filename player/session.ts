import type Hls from "hls.js";
import { systemClock } from "./clock.js";
import { ControlPlane } from "./control/control-plane.js";
import { Delivery } from "./delivery/delivery.js";
import { Ledger } from "./delivery/ledger.js";
import type { NearcastEventMap, NearcastEventName } from "./events.js";
import { startOriginFetch } from "./hls/origin-loader.js";
import { playheadOf } from "./hls/playhead.js";
import type { LoadedPlaylist } from "./hls/playlists.js";
import type { QualityMeter } from "./hls/quality.js";
import { Integrity } from "./integrity/integrity.js";
import type { KeyRing } from "./integrity/key-ring.js";
import type { Consent, ParsedOptions } from "./options.js";
import { isHoldout } from "./policy/holdout.js";
import { HELD_OUT } from "./policy/operator-policy.js";
import { type Cohort, createPeerId, type JoinDocument, type ReportReply } from "./protocol/index.js";
import type { ReportTotals } from "./report/difference.js";
import { postTo } from "./report/post-report.js";
import { Reporter } from "./report/reporter.js";
import type { NearcastStats } from "./stats.js";
import { missingSupport } from "./support.js";
import { reachableIceServers } from "./webrtc/reachable-ice-servers.js";

export interface SessionOptions {
  readonly options: ParsedOptions;
  readonly hls: Hls;
  readonly swarmId: string;
  readonly keys: KeyRing;
  readonly meter: QualityMeter;
  readonly consent: Consent;
  /** What keeps this viewer from uploading at the moment. */
  readonly uploadsOffBecause: string | undefined;
  readonly emit: <Name extends NearcastEventName>(
    name: Name,
    detail: NearcastEventMap[Name]["detail"],
  ) => void;
}

const NOT_AGREED = "the viewer has not agreed to connections with others";
/** Names are made up freely by whoever pollutes. */
const MOST_POLLUTERS = 256;

/** One source in one player, from the moment it begins to load until the next one does, or the player is destroyed. */
export class Session {
  readonly id = crypto.randomUUID?.() ?? `s-${Math.random().toString(36).slice(2).padEnd(12, "0")}`;
  readonly delivery: Delivery | undefined;
  readonly ledger = new Ledger();
  readonly integrity: Integrity;
  readonly #given: SessionOptions;
  readonly #sinceMs = systemClock.now();
  readonly #isHoldout: boolean;
  /** Why there are no peers in all this session. */
  readonly #offBecause: string | undefined;
  readonly #control: ControlPlane;
  #reporter: Reporter | undefined;
  #reportUrl: string | undefined;
  #uploadsOffBecause: string | undefined;
  #hasPlaylist = false;
  #hasWarned = false;
  #isClosed = false;
  readonly #polluters = new Map<string, number>();
  #consent: Consent;
  #startS: number | undefined;
  #firstPeerMs: number | undefined;
  #uploadedBytes = 0;
  #failures = 0;
  #peersRefused = 0;

  constructor(given: SessionOptions) {
    const { options } = given;
    this.#given = given;
    this.#consent = given.consent;
    this.#uploadsOffBecause = given.uploadsOffBecause;
    this.#isHoldout = isHoldout(this.id, options.holdout ?? 0);
    this.#offBecause = this.#whyOff();
    this.#control = new ControlPlane(options, this.id, {
      joined: (join, isFirst) => this.#joined(join, isFirst),
      failed: (message, isWaiting) => {
        if (isWaiting) this.#warn(message);
        given.emit("trackerfailed", { message });
      },
    });
    this.integrity = new Integrity({
      policy: options.integrity,
      keys: given.keys,
      subtle: globalThis.crypto?.subtle,
      onChange: () => this.delivery?.integrityChanged(),
      // The tracker may tell of other keys in a moment.
      warn: (because) => {
        if (!this.#control.isWaiting) this.#warn(because);
      },
    });
    this.delivery = this.#offBecause === undefined ? this.#createDelivery() : undefined;
    if (options.reportUrl) this.#reportTo(options.reportUrl);
  }

  get stats(): NearcastStats {
    const { meter, options } = this.#given;
    const { played, ahead, wasted, rejected, unverified } = this.ledger.totals;
    const segmentBytes = played.peer.bytes + played.origin.bytes - played.initBytes;
    const { bufferedToS, positionS } = this.playhead;
    return {
      session: this.id,
      mode: this.#mode,
      cohort: this.#cohort,
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
      peers: this.delivery?.peers.size ?? 0,
      peersRefused: this.#refused,
      isTrackerConnected: this.delivery?.isTrackerConnected ?? false,
      firstPeerMs: this.#firstPeerMs,
      ...meter.quality,
      bufferS: bufferedToS - positionS,
      latencyS: this.#latencyS,
      storedBytes: this.delivery?.storedBytes ?? 0,
      integrity: {
        policy: options.integrity,
        state: this.integrity.state,
        failures: this.#failures,
        unverifiedBytes: unverified,
      },
    };
  }

  get playhead() {
    return playheadOf(this.#given.hls, this.#startS);
  }

  /** A fragment is wanted: playback will begin there, until something is buffered. */
  fragmentRequested(startS: number): void {
    this.#startS = startS;
  }

  playlistUpdated({ track, segments, isLive, targetDurationS, text, url }: LoadedPlaylist): void {
    this.integrity.learn(track.id, text, url, segments);
    this.delivery?.setPlaylist(track, segments, isLive, targetDurationS);
    this.#hasPlaylist = true;
    this.#enrol();
  }

  setConsent(consent: Consent): void {
    this.#consent = consent;
    if (consent !== "granted") this.#control.stop();
    this.#enrol();
    this.#carryOut();
  }

  setUploadsOff(because: string | undefined): void {
    this.#uploadsOffBecause = because;
    this.#carryOut();
  }

  /** The page goes away, to come back perhaps. */
  suspend(): void {
    this.delivery?.suspend();
    this.#reporter?.flush();
  }

  /** It has come back. */
  resume(): void {
    this.delivery?.resume();
    this.#control.askSoon();
  }

  close(): void {
    this.#isClosed = true;
    this.#control.stop();
    this.delivery?.close();
    this.#reporter?.close();
  }

  /** The tracker is not asked before there is something to play: a source may be replaced, or not be there. */
  #enrol(): void {
    if (this.#hasPlaylist && this.#consent === "granted") this.#control.start();
  }

  #joined(join: JoinDocument | undefined, isFirst: boolean): void {
    if (!join) {
      this.#carryOut();
      return;
    }
    const { keys, options } = this.#given;
    if (options.reportUrl === undefined) this.#reportTo(join.reports.url, join.reports.intervalS);
    const hasOtherKeys = keys.tell(join.integrityKeys);
    if (isFirst || hasOtherKeys) {
      void this.integrity.verifyAgain().then(() => {
        const { state } = this.integrity;
        if (state.at === "unverified" && options.integrity === "required") this.#warn(state.because);
      });
    }
    this.#obey(join);
  }

  /** Called again where the tracker sends the viewer elsewhere. */
  #reportTo(url: string, intervalS = 10): void {
    this.#reportUrl = url;
    this.#reporter ??= new Reporter({
      stream: this.#given.options.stream,
      session: this.id,
      cohort: () => this.#cohort,
      totals: () => this.#totals,
      post: postTo(
        () => this.#reportUrl ?? url,
        this.#control.token,
        (reply) => this.#obey(reply),
      ),
      intervalMs: Math.max(1, intervalS) * 1000,
      clock: systemClock,
      random: Math.random,
    });
  }

  /** What the tracker says goes, at once. */
  #obey(reply: ReportReply): void {
    if (this.#isClosed) return;
    this.delivery?.setBlockedPeers(reply.blockedPeers);
    this.#control.obey(reply);
    this.#carryOut();
  }

  #carryOut(): void {
    const isLetIn = this.#idleBecause === undefined;
    if (isLetIn) this.#control.begun();
    const { mayUpload, budget } = this.#control.uploads;
    this.delivery?.setUploadBudget(budget);
    this.delivery?.setMayConnect(isLetIn);
    this.delivery?.setMayUpload(mayUpload && this.#uploadsOffBecause === undefined);
  }

  #warn(because: string): void {
    if (this.#hasWarned || this.#offBecause) return;
    this.#hasWarned = true;
    console.warn(`Nearcast plays from the origin alone: ${because}.`);
  }

  /** Why no peers are met at the moment. */
  get #idleBecause(): string | undefined {
    return this.#consent === "granted" ? this.#control.idleBecause : NOT_AGREED;
  }

  #whyOff(): string | undefined {
    const { options } = this.#given;
    if (!options.isEnabled) return "peers are switched off";
    if (this.#isHoldout) return HELD_OUT;
    return missingSupport(globalThis, options.integrity);
  }

  get #mode(): NearcastStats["mode"] {
    const because = this.#offBecause ?? this.#idleBecause ?? this.#uncheckedBecause;
    return because === undefined ? { uses: "peers" } : { uses: "origin", because };
  }

  get #uncheckedBecause(): string | undefined {
    const { state, isUseful } = this.integrity;
    return state.at === "unverified" && !isUseful ? state.because : undefined;
  }

  get #cohort(): Cohort {
    if (this.#isHoldout || this.#control.isHeldOut) return "holdout";
    return this.#mode.uses === "peers" ? "p2p" : "off";
  }

  get #latencyS(): number | undefined {
    const { hls } = this.#given;
    return hls.latestLevelDetails?.live ? hls.latency : undefined;
  }

  get #refused(): number {
    return this.#peersRefused + (this.delivery?.uploadsRefused ?? 0);
  }

  get #totals(): ReportTotals {
    const { bytes, segments, stalls, stalledMs, playedMs, levelSwitches, startupMs, latencyS, peers } =
      this.stats;
    return {
      bytes: {
        fromPeers: bytes.fromPeers,
        fromOrigin: bytes.fromOrigin,
        uploaded: bytes.uploaded,
        rejected: bytes.rejected,
        wastedFromPeers: bytes.wasted.fromPeers,
        wastedFromOrigin: bytes.wasted.fromOrigin,
        unverified: this.ledger.totals.unverified,
      },
      segments,
      mediaS: this.ledger.totals.played.mediaS,
      playedS: playedMs / 1000,
      stalls,
      stalledS: stalledMs / 1000,
      levelSwitches,
      ...(startupMs !== undefined && { startupMs }),
      ...(latencyS !== undefined && { latencyS }),
      peersConnected: peers,
      peersRefused: this.#refused,
      integrity: {
        failures: this.#failures,
        peers: [...this.#polluters].map(([peer, count]) => ({ peer, segments: count })),
      },
    };
  }

  #createDelivery(): Delivery {
    const { options, hls, swarmId, emit } = this.#given;
    return new Delivery({
      swarmId,
      trackers: () => this.#control.announceUrls,
      newPeerId: (mayUpload) => createPeerId(mayUpload ? "seed" : "leech", Math.random),
      iceServers: () => this.#control.iceServers,
      reachableIceServers: (servers) =>
        reachableIceServers(servers, (configuration) => new RTCPeerConnection(configuration), systemClock),
      mayUpload: options.mayUpload && this.#uploadsOffBecause === undefined,
      mayConnect: this.#idleBecause === undefined,
      uploadBudget: options.uploadBudget,
      memoryLimitBytes: options.memoryLimitBytes,
      windowS: options.prefetchWindowS,
      startFetch: (segment, listener) => startOriginFetch(hls, segment, listener),
      playhead: () => this.playhead,
      integrity: this.integrity,
      verifyOrigin: options.verifyOrigin,
      ledger: this.ledger,
      listener: {
        peerConnected: (peerId) => {
          this.#firstPeerMs ??= systemClock.now() - this.#sinceMs;
          emit("peerconnected", { peerId });
        },
        peerDisconnected: (peerId) => emit("peerdisconnected", { peerId }),
        peerRefused: () => {
          this.#peersRefused++;
        },
        segmentArrived: ({ url }, bytes, source, peerId) =>
          emit("segmentloaded", { url, bytes, source, peerId }),
        segmentRejected: ({ segment, bytes, polluter }) => {
          this.#failures++;
          if (polluter !== undefined) this.#name(polluter);
          emit("segmentrejected", { url: segment.url, bytes, peerId: polluter });
        },
        uploaded: (bytes) => {
          this.#uploadedBytes += bytes;
        },
        trackerFailed: (error) => {
          this.#control.trackerLost();
          emit("trackerfailed", { message: error instanceof Error ? error.message : String(error) });
        },
      },
    });
  }

  #name(polluter: string): void {
    const count = this.#polluters.get(polluter) ?? 0;
    if (count > 0 || this.#polluters.size < MOST_POLLUTERS) this.#polluters.set(polluter, count + 1);
  }
}

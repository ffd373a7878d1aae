// Everything that depends on p2p-media-loader-core's version stands in this folder. PML moves segments between
// peers; it never fetches from the origin here (`simultaneousHttpDownloads: 0`) and never decides who does.
//
// One `Core` serves one track. PML itself would put all of a player's tracks into one `Core`, but then it does not
// say which track a peer is connected for, and it stores a segment that arrives during a level switch under the
// new level's name.
import { Core, type RequestErrorType } from "p2p-media-loader-core";
import type { Segment, Track } from "../delivery/segment.js";
import { isPeerWarning } from "./peer-warning.js";
import { SwarmStorage } from "./swarm-storage.js";
import { isTrackerConnected } from "./tracker-link.js";
import { SIMULTANEOUS_TRANSFERS, TRANSFER_SILENCE_MS } from "./transfer-limits.js";

export interface SwarmCoreOptions {
  readonly track: Track;
  readonly swarmId: string;
  readonly trackers: readonly string[];
  /**
   * Set apart the sockets of this player from those of others on the page: a socket is shared by all who use one
   * address, and trackers know one peer per swarm on it.
   */
  readonly session: string;
  /** All 20 characters of it. */
  readonly peerId: string;
  readonly rtcConfig: RTCConfiguration;
  readonly mayUpload: boolean;
  readonly isLive: boolean;
  readonly listener: SwarmListener;
}

/** What happens in a swarm. All are called synchronously; none may throw. */
export interface SwarmListener {
  peerConnected(peerId: string): void;
  peerClosed(peerId: string): void;
  transferStarted(number: number, peerId: string): void;
  /** Bytes of the one transfer that runs from this peer; command bytes are not counted. */
  transferMoved(peerId: string, bytes: number): void;
  transferEnded(peerId: string, ended: "delivered" | "aborted" | RequestErrorType): void;
  /** A whole segment has come, from whichever peers; the listener keeps the buffer. False drops who sent the last of it. */
  received(number: number, data: ArrayBuffer): Promise<boolean>;
  /** The numbers that this peer is ready to deliver. */
  stored(): number[];
  /** Whether peers may send this one. */
  isWanted(number: number): boolean;
  /** A peer asks for a segment; `undefined` answers "absent", upon which it asks others and may come again. */
  uploadAsked(number: number): ArrayBuffer | undefined;
  uploadMoved(peerId: string, bytes: number): void;
  trackerFailed(error: unknown): void;
}

/**
 * From the playhead up to here PML asks peers for what the listener wants. hls.js asks for segments so far ahead
 * (`maxMaxBufferLength`), where a bitrate is low.
 */
const WINDOW_S = 600;
/** PML's largest data channel message. Small, so that the pace of an upload shows in its messages. */
const MESSAGE_BYTES = 16 * 1024 - 1;

/** One PML core, that is: one track, one peer id, one membership in the trackers' swarm. */
export class SwarmCore {
  readonly peerId: string;
  readonly track: Track;
  readonly peers = new Set<string>();
  #hasMetPeers = false;
  readonly #core: Core;
  readonly #trackers: readonly string[];
  readonly #storage: SwarmStorage;
  readonly #known = new Map<string, Segment>();
  readonly #numberOfUrl = new Map<string, number>();
  #simultaneous = SIMULTANEOUS_TRANSFERS;
  #isClosed = false;

  constructor(options: SwarmCoreOptions) {
    const { track, listener } = options;
    this.track = track;
    this.peerId = options.peerId;
    this.#storage = new SwarmStorage(listener);
    this.#trackers = options.trackers.map((tracker) => withSession(tracker, options.session));
    this.#core = new Core({
      swarmId: options.swarmId,
      announceTrackers: [...this.#trackers],
      trackerClientVersionPrefix: options.peerId,
      rtcConfig: options.rtcConfig,
      isP2PUploadDisabled: !options.mayUpload,
      simultaneousHttpDownloads: 0,
      simultaneousP2PDownloads: SIMULTANEOUS_TRANSFERS,
      highDemandTimeWindow: 0,
      // PML's queue ends at the first segment in no window at all, so this one has to reach as far as the next.
      httpDownloadTimeWindow: WINDOW_S,
      p2pDownloadTimeWindow: WINDOW_S,
      p2pNotReceivingBytesTimeoutMs: TRANSFER_SILENCE_MS,
      webRtcMaxMessageSize: MESSAGE_BYTES,
      customSegmentStorageFactory: () => this.#storage,
      validateP2PSegment: (url, byteRange, data) => {
        const number = this.#numberOfUrl.get(locator(url, byteRange));
        // A stock player whose worker has emptied its buffers sends nothing as a whole segment.
        if (number === undefined || data.byteLength === 0) return Promise.resolve(false);
        return listener.received(number, data);
      },
    });
    this.#core.setManifestResponseUrl(options.swarmId);
    this.#core.setIsLive(options.isLive);
    this.#core.addStreamIfNoneExists({
      runtimeId: track.id,
      type: track.type === "main" ? "main" : "secondary",
      index: track.fingerprint,
    });
    this.#listen(listener);
  }

  /** There were peers, and all of them are gone. */
  get isDeserted(): boolean {
    return this.#hasMetPeers && this.peers.size === 0;
  }

  /** False where it is known that no tracker can be reached. */
  get isTrackerConnected(): boolean {
    return this.#trackers.some((tracker) => isTrackerConnected(tracker) !== false);
  }

  /** Makes exactly these segments known; peers can only ask for known ones. */
  setSegments(segments: readonly Segment[]): void {
    if (this.#isClosed) return;
    const gone = new Set(this.#known.keys());
    const added: Segment[] = [];
    for (const segment of segments) {
      const id = runtimeId(segment);
      gone.delete(id);
      if (this.#known.has(id)) continue;
      this.#known.set(id, segment);
      this.#numberOfUrl.set(locatorOf(segment), segment.number);
      added.push(segment);
    }
    for (const id of gone) {
      const segment = this.#known.get(id);
      if (segment) this.#numberOfUrl.delete(locatorOf(segment));
      this.#known.delete(id);
    }
    if (added.length === 0 && gone.size === 0) return;
    const pmlSegments = added.map((segment) => ({
      runtimeId: runtimeId(segment),
      externalId: segment.number,
      url: segment.url,
      ...rangeOf(segment),
      startTime: segment.startS,
      endTime: segment.endS,
    }));
    this.#core.updateStream(this.track.id, pmlSegments, gone);
  }

  /**
   * Moves PML's window to this segment and asks peers for it, until {@link release}. The first call joins the
   * swarm.
   */
  follow(segment: Segment): void {
    if (this.#isClosed || !this.#known.has(runtimeId(segment))) return;
    // What arrives is taken where it is checked, in `validateP2PSegment`: PML may name a late segment wrongly here.
    const ignore = () => {};
    this.#core.loadSegment(runtimeId(segment), { onSuccess: ignore, onError: ignore }).catch(ignore);
  }

  /** The segment came from elsewhere or is not wanted any more. */
  release(segment: Segment): void {
    if (!this.#isClosed) this.#core.abortSegmentLoading(runtimeId(segment));
  }

  setPlayback(positionS: number, rate: number): void {
    if (!this.#isClosed) this.#core.updatePlayback(positionS, rate);
  }

  setMayUpload(mayUpload: boolean): void {
    if (!this.#isClosed) this.#core.applyDynamicConfig({ isP2PUploadDisabled: !mayUpload });
  }

  /** How many segments peers may send at a time. */
  setSimultaneous(transfers: number): void {
    const bounded = Math.min(transfers, SIMULTANEOUS_TRANSFERS);
    if (this.#isClosed || bounded === this.#simultaneous) return;
    this.#simultaneous = bounded;
    this.#core.applyDynamicConfig({ simultaneousP2PDownloads: bounded });
  }

  /** Tells the peers what is stored now. */
  announce(): void {
    if (!this.#isClosed) this.#storage.changed();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#core.destroy();
  }

  #listen(listener: SwarmListener): void {
    const core = this.#core;
    core.addEventListener("onPeerConnect", ({ peerId }) => {
      this.peers.add(peerId);
      this.#hasMetPeers = true;
      listener.peerConnected(peerId);
    });
    core.addEventListener("onPeerClose", ({ peerId }) => {
      // PML tells this once for each of the ways in which it learns it.
      if (this.peers.delete(peerId)) listener.peerClosed(peerId);
    });
    core.addEventListener("onSegmentStart", ({ segment, peerId }) => {
      if (peerId !== undefined) listener.transferStarted(segment.externalId, peerId);
    });
    core.addEventListener("onChunkDownloaded", (bytes, _source, peerId) => {
      if (peerId !== undefined) listener.transferMoved(peerId, bytes);
    });
    core.addEventListener("onSegmentLoaded", ({ peerId }) => {
      if (peerId !== undefined) listener.transferEnded(peerId, "delivered");
    });
    core.addEventListener("onSegmentError", ({ peerId, error }) => {
      if (peerId !== undefined) listener.transferEnded(peerId, error.type);
    });
    core.addEventListener("onSegmentAbort", ({ peerId }) => {
      if (peerId !== undefined) listener.transferEnded(peerId, "aborted");
    });
    core.addEventListener("onChunkUploaded", (bytes, peerId) => listener.uploadMoved(peerId, bytes));
    core.addEventListener("onTrackerError", ({ error }) => listener.trackerFailed(error));
    core.addEventListener("onTrackerWarning", ({ warning }) => {
      if (!isPeerWarning(warning)) listener.trackerFailed(warning);
    });
  }
}

function withSession(tracker: string, session: string): string {
  const url = new URL(tracker);
  url.searchParams.set("session", session);
  return url.href;
}

function runtimeId(segment: Segment): string {
  return `${segment.track.id}/${segment.number}`;
}

/**
 * PML knows the size of what has a byte range, and lets go of a peer that announces another one. Nothing is fetched
 * by these ranges.
 */
function rangeOf({ byteRange, digest }: Segment): { byteRange?: { start: number; end: number } } {
  if (byteRange) return { byteRange: { ...byteRange } };
  return digest?.bytes === undefined ? {} : { byteRange: { start: 0, end: digest.bytes - 1 } };
}

function locatorOf(segment: Segment): string {
  return locator(segment.url, rangeOf(segment).byteRange);
}

function locator(url: string, byteRange: { start: number; end: number } | undefined): string {
  return byteRange ? `${url}|${byteRange.start}-${byteRange.end}` : url;
}

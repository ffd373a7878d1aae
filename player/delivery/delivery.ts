import { type Clock, systemClock } from "../clock.js";
import { Gatekeeper } from "../pml/peer-gate.js";
import {
  behindUploads,
  learnOriginTime,
  type OriginTime,
  resized,
  UNKNOWN_ORIGIN,
} from "../policy/origin-time.js";
import type { UploadBudget } from "../policy/upload-budget.js";
import { ActiveTrack } from "./active-track.js";
import type { Arrival } from "./arrival.js";
import type { DeliveryOptions } from "./delivery-options.js";
import { Intake } from "./intake.js";
import { Joining } from "./joining.js";
import { PeerStandings } from "./peer-standings.js";
import { Playlists } from "./playlists.js";
import type { Segment, Track } from "./segment.js";
import type { SegmentReceiver } from "./segment-record.js";
import { SegmentStore } from "./segment-store.js";
import { LONGEST_SLEEP_MS } from "./track-delivery.js";
import { UploadDesk } from "./upload-desk.js";

/** A rendition that is not played any more goes on serving its neighbours for so long. */
const LINGER_MS = 30_000;
/** A first segment that is longer under way says that the origin needs help. */
const FIRST_SEGMENT_MS = 2_000;
/** Enough for the calls to a few peers to pass unnoticed on a narrow downlink. */
const SPARE_BUFFER_S = 4;
/** A downlink that never has anything to spare may lack just what peers bring. */
const SPARE_AT_LATEST_MS = 8_000;

/**
 * Delivers the segments that hls.js asks for, and those it is going to ask for, from peers and from the origin.
 * One of these lives as long as a source is loaded.
 */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #clock: Clock;
  readonly #store: SegmentStore;
  readonly #uploads: UploadDesk;
  readonly #tracks = new Map<string, ActiveTrack>();
  readonly #playlists = new Playlists();
  readonly #joining: Joining;
  readonly #intake = new Intake(() => ({
    bytesPerMs: Math.max(this.#origin.bytesPerMs, this.#peersRate()),
    mediaBytesPerMs: this.#mediaRate(),
  }));
  readonly #random: () => number;
  readonly #session: string;
  readonly #peerIds: string[] = [];
  readonly #standings: PeerStandings;
  readonly #gatekeeper: Gatekeeper;
  /** As integrator, operator and viewer have it. */
  #isUploadAllowed: boolean;
  #mayConnect: boolean;
  readonly #current = new Map<Track["type"], string>();
  #origin: OriginTime = UNKNOWN_ORIGIN;
  #knownPeers: ReadonlySet<string> = new Set();
  #blockedPeers: ReadonlySet<string> = new Set();
  #cancelTimer = () => {};
  #hasBegun = false;
  #isClosed = false;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#store = new SegmentStore(options.memoryLimitBytes, (segment) => options.ledger.dropped(segment));
    this.#uploads = new UploadDesk({
      clock: this.#clock,
      onFree: () => this.#announceAll(),
      guessBytesPerMs: () => this.#peersRate(),
      budget: options.uploadBudget,
      bufferedTo: (peerId) => this.#gatekeeper.bufferedTo(peerId),
      onUseless: () => {
        if (this.#isUploadAllowed) this.#rejoin();
      },
    });
    this.#isUploadAllowed = options.mayUpload;
    this.#mayConnect = options.mayConnect;
    this.#standings = new PeerStandings(
      () => this.#clock.now(),
      (peerId) => {
        options.listener.peerRefused(peerId);
        this.#gatekeeper.drop(peerId);
      },
    );
    this.#gatekeeper = new Gatekeeper({
      isBanned: (peerId) => this.#blockedPeers.has(peerId) || this.#standings.isBanned(peerId),
      onRefused: (peerId) => options.listener.peerRefused(peerId),
      onFlood: (peerId) => this.#standings.note(peerId, "flood"),
      onTold: () => this.#evaluateSoon(),
      now: () => this.#clock.now(),
    });
    this.#random = options.random ?? Math.random;
    this.#joining = new Joining({
      ...options,
      clock: this.#clock,
      canSpare: (waitedMs) => this.#canSpareDownlink(waitedMs),
      onJoined: () => this.#joined(),
    });
    this.#session = this.#random().toString(36).slice(2);
  }

  get originTime(): OriginTime {
    return this.#origin;
  }

  get storedBytes(): number {
    return this.#store.bytes;
  }

  /** Requests from peers that the upload budget did not allow. */
  get uploadsRefused(): number {
    return this.#uploads.refused;
  }

  /** Peers learn of it at once: the swarms are joined again under an id that says so. */
  setMayUpload(mayUpload: boolean): void {
    const before = this.#mayUpload;
    this.#isUploadAllowed = mayUpload;
    if (this.#mayUpload !== before) this.#rejoin();
  }

  /** Others must not wait for whoever cannot upload in time. */
  get #mayUpload(): boolean {
    return this.#isUploadAllowed && !this.#uploads.isUseless;
  }

  #rejoin(): void {
    this.#peerIds.length = 0;
    for (const { swarm } of this.#tracks.values()) swarm.rejoin();
  }

  /** Without leave to connect, all connections are closed, and playback goes on from the origin. */
  setMayConnect(mayConnect: boolean): void {
    if (this.#mayConnect === mayConnect) return;
    this.#mayConnect = mayConnect;
    if (mayConnect) {
      this.#prepare();
    } else {
      this.#joining.stop();
      for (const { swarm } of this.#tracks.values()) swarm.suspend();
    }
    this.#evaluateSoon();
  }

  /** What this viewer gives from now on; what is under way goes on. */
  setUploadBudget(budget: UploadBudget): void {
    this.#uploads.setBudget(budget);
  }

  /** These are let go, and do not come back. */
  setBlockedPeers(peerIds: readonly string[]): void {
    this.#blockedPeers = new Set(peerIds);
    for (const peerId of peerIds) this.#gatekeeper.drop(peerId);
  }

  /** Distinct peers over all tracks. */
  get peers(): Set<string> {
    const peers = new Set<string>();
    for (const { delivery } of this.#tracks.values()) for (const peer of delivery.peers) peers.add(peer);
    return peers;
  }

  setPlaylist(track: Track, segments: readonly Segment[], isLive: boolean, targetDurationS: number): void {
    this.#playlists.set(track, { segments, isLive, targetDurationS });
    this.#tracks.get(track.id)?.delivery.setSegments(segments);
    this.#evaluateSoon();
  }

  /** The segment with this address, if peers can have it. */
  find(url: string, rangeStart: number | undefined): Segment | undefined {
    return this.#playlists.find(url, rangeStart);
  }

  request(segment: Segment, receiver: SegmentReceiver): void {
    const track = this.#play(segment.track);
    const copy = this.#store.copy(segment);
    if (copy) {
      this.#options.ledger.played(segment);
      queueMicrotask(() => receiver.delivered(copy, "peer"));
    } else {
      track.delivery.request(segment, receiver);
      this.#evaluate();
    }
    this.#hasBegun = true;
    this.#prepare();
    track.follow(segment, this.#joining.joinedAtMs !== undefined);
  }

  /** Playback has begun: the time to meet peers. */
  playbackStarted(): void {
    this.#joining.go();
  }

  cancel(segment: Segment, receiver: SegmentReceiver): void {
    this.#tracks.get(segment.track.id)?.delivery.cancel(segment, receiver);
  }

  /** State of the fetch from the origin that runs for a segment; `undefined` while it is left to peers. */
  progress(segment: Segment) {
    return this.#tracks.get(segment.track.id)?.delivery.progress(segment);
  }

  /** False where it is known that no tracker can be reached at the moment. */
  get isTrackerConnected(): boolean {
    return [...this.#tracks.values()].some(({ swarm }) => swarm.isTrackerConnected);
  }

  /** Something else may come from peers than before. */
  integrityChanged(): void {
    this.#prepare();
    // Peers are asked for what they could not be asked for a moment ago.
    const { positionS, rate } = this.#options.playhead();
    for (const { swarm } of this.#tracks.values()) swarm.setPlayback(positionS + 0.001, rate);
    this.#evaluateSoon();
  }

  /** Lets go of all peers, who then know it at once, and of what will not be played, until {@link resume}. */
  suspend(): void {
    for (const { delivery } of this.#tracks.values()) delivery.interrupt();
    this.#options.ledger.settle();
    this.#store.clear();
    for (const { swarm } of this.#tracks.values()) swarm.suspend();
  }

  resume(): void {
    if (!this.#mayConnect) return;
    for (const { swarm } of this.#tracks.values()) swarm.resume();
  }

  playheadMoved(): void {
    const { positionS, rate } = this.#options.playhead();
    for (const { delivery, swarm } of this.#tracks.values()) {
      delivery.playheadMoved(positionS);
      swarm.setPlayback(positionS, rate);
    }
    this.#evaluateSoon();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancelTimer();
    this.#joining.close();
    for (const id of [...this.#tracks.keys()]) this.#leave(id);
    this.#uploads.close();
    this.#gatekeeper.close();
    this.#options.ledger.settle();
    this.#store.clear();
  }

  /** Nobody is met before anything can be had from them. */
  #prepare(): void {
    if (this.#hasBegun && this.#mayConnect && this.#options.integrity.isUseful) this.#joining.prepare();
  }

  #joined(): void {
    for (const id of this.#current.values()) this.#tracks.get(id)?.join();
    this.#evaluateSoon();
  }

  /** The track is the one of its type that is played now. */
  #play(track: Track): ActiveTrack {
    const previous = this.#current.get(track.type);
    if (previous !== undefined && previous !== track.id) {
      const left = this.#tracks.get(previous);
      left?.closeAfter(LINGER_MS, () => this.#leave(previous));
      this.#origin = resized(this.#origin, sizeFactor(left?.delivery.track, track));
    }
    this.#current.set(track.type, track.id);
    const active = this.#tracks.get(track.id) ?? this.#create(track);
    this.#tracks.set(track.id, active);
    active.keepOpen();
    return active;
  }

  #create(track: Track): ActiveTrack {
    const { listener, integrity, ledger, mayUpload: _mayUpload, ...options } = this.#options;
    return new ActiveTrack({
      ...options,
      track,
      listener,
      playlist: this.#playlists.of(track),
      maySeed: () => this.#mayUpload,
      standings: this.#standings,
      gatekeeper: this.#gatekeeper,
      store: this.#store,
      intake: this.#intake,
      uploads: this.#uploads,
      clock: this.#clock,
      random: this.#random,
      session: this.#session,
      peerIdOf: (join) => this.#peerIdOf(join),
      rtcConfig: () => ({ iceServers: [...this.#joining.iceServers] }),
      joinedAtMs: () => (this.#mayConnect ? this.#joining.joinedAtMs : Number.NEGATIVE_INFINITY),
      isAlone: () => this.#gatekeeper.isAlone,
      originTime: () => behindUploads(this.#origin, this.#uploads.queueMs),
      mayShare: (segment) => integrity.mayShare(segment),
      check: (segment, data) => integrity.check(segment, data),
      onArrived: (arrival) => this.#arrived(arrival),
      onLost: (source, bytes) => ledger.lost(source, bytes),
      onRejected: (rejection) => {
        ledger.reject(rejection.bytes);
        listener.segmentRejected(rejection);
      },
      onFetched: (bytes, timing) => {
        this.#origin = learnOriginTime(this.#origin, { bytes, ...timing });
      },
      onChange: () => this.#evaluateSoon(),
      onPeersChanged: () => this.#tellOfPeers(),
    });
  }

  /** A peer is met and lost once, in however many tracks' swarms. */
  #tellOfPeers(): void {
    const before = this.#knownPeers;
    const now = this.peers;
    this.#knownPeers = now;
    for (const peer of now) if (!before.has(peer)) this.#options.listener.peerConnected(peer);
    for (const peer of before) if (!now.has(peer)) this.#options.listener.peerDisconnected(peer);
  }

  #peerIdOf(join: number): string {
    this.#peerIds[join] ??= this.#options.newPeerId(this.#mayUpload);
    return this.#peerIds[join];
  }

  #arrived({ segment, data, source, peerId, isPlayed, isVerified }: Arrival): void {
    const { listener, playhead, ledger } = this.#options;
    ledger.arrived(segment, data.byteLength, source, isVerified);
    this.#uploads.arrived(data.byteLength, (segment.endS - segment.startS) * 1000);
    if (isPlayed) ledger.played(segment);
    listener.segmentArrived(segment, data.byteLength, source, peerId);
    const dropped = this.#store.put(segment, data, playhead().positionS);
    const touched = new Set(dropped.map(({ track }) => track.id));
    for (const id of touched) this.#tracks.get(id)?.swarm.announce();
  }

  #leave(trackId: string): void {
    this.#tracks.get(trackId)?.close();
    this.#tracks.delete(trackId);
    for (const segment of [...this.#store.segmentsOf(trackId)]) this.#store.delete(segment);
    this.#tellOfPeers();
  }

  /** Neighbours' uplinks tell most of what an own, unknown one may be. */
  #peersRate(): number {
    const rates = [...this.#tracks.values()].map(({ delivery }) => delivery.peerBytesPerMs);
    return Math.max(0, ...rates);
  }

  /** On a narrow downlink calls to peers would hold up the first segments, of which playback has none to spare. */
  #canSpareDownlink(waitedMs: number): boolean {
    if (this.#origin.bytesPerMs === 0) return waitedMs >= FIRST_SEGMENT_MS;
    if (!Number.isFinite(this.#intake.limit) || waitedMs >= SPARE_AT_LATEST_MS) return true;
    const { positionS, bufferedToS } = this.#options.playhead();
    return bufferedToS - positionS >= SPARE_BUFFER_S;
  }

  #mediaRate(): number {
    let bytesPerMs = 0;
    for (const id of this.#current.values()) {
      bytesPerMs += this.#tracks.get(id)?.delivery.mediaBytesPerMs ?? 0;
    }
    return bytesPerMs;
  }

  #announceAll(): void {
    for (const { swarm } of this.#tracks.values()) swarm.announce();
  }

  #evaluateSoon(): void {
    if (!this.#isClosed) this.#sleep(0);
  }

  #evaluate(): void {
    if (this.#isClosed) return;
    this.#joining.look();
    const nowMs = this.#clock.now();
    let nextMs = nowMs + LONGEST_SLEEP_MS;
    for (const id of this.#current.values()) {
      const track = this.#tracks.get(id);
      if (track) nextMs = Math.min(nextMs, track.delivery.evaluate(nowMs));
    }
    this.#yieldToPlayback();
    this.#sleep(nextMs - nowMs);
  }

  #yieldToPlayback(): void {
    if (![...this.#current.values()].some((id) => this.#tracks.get(id)?.delivery.waitsForOrigin)) return;
    const { positionS, bufferedToS } = this.#options.playhead();
    for (const peerId of this.#uploads.inTheWay((bufferedToS - positionS) * 1000))
      this.#gatekeeper.drop(peerId);
  }

  #sleep(delayMs: number): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#clock.after(Math.max(0, delayMs), () => this.#evaluate());
  }
}

/** How much larger one track's segments are than another's. */
function sizeFactor(before: Track | undefined, now: Track): number {
  return before?.bitsPerSecond && now.bitsPerSecond ? now.bitsPerSecond / before.bitsPerSecond : 1;
}

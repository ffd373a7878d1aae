import { type Clock, systemClock } from "../clock.js";
import { Swarm } from "../pml/swarm.js";
import { learnOriginTime, type OriginTime, UNKNOWN_ORIGIN } from "../policy/origin-time.js";
import type { StartOriginFetch } from "./origin-fetch.js";
import type { Segment, Track } from "./segment.js";
import type { SegmentReceiver, Source } from "./segment-record.js";
import { SegmentStore } from "./segment-store.js";
import { type Playhead, TrackDelivery } from "./track-delivery.js";
import { UploadDesk } from "./upload-desk.js";

export interface DeliveryOptions {
  readonly swarmId: string;
  readonly trackers: readonly string[];
  /** Makes an id that says whether this viewer uploads. */
  readonly newPeerId: () => string;
  readonly iceServers: readonly RTCIceServer[];
  /** Tells which ICE servers are worth using; asked once, when the first segment is wanted. */
  readonly reachableIceServers: (servers: readonly RTCIceServer[]) => Promise<readonly RTCIceServer[]>;
  readonly mayUpload: boolean;
  readonly memoryLimitBytes: number;
  readonly windowS: number;
  readonly startFetch: StartOriginFetch;
  readonly playhead: () => Playhead;
  readonly listener: DeliveryListener;
  /** @default the system's */
  readonly clock?: Clock;
  /**
   * Returns numbers in [0, 1).
   * @default Math.random
   */
  readonly random?: () => number;
}

export interface DeliveryListener {
  peerConnected(peerId: string): void;
  peerDisconnected(peerId: string): void;
  /** A segment is complete, for playback or ahead of it. */
  segmentArrived(segment: Segment, bytes: number, source: Source, peerId: string | undefined): void;
  /** Bytes of peers' segments that came and were thrown away. */
  peerBytesLost(bytes: number): void;
  uploaded(bytes: number, peerId: string): void;
  trackerFailed(error: unknown): void;
}

interface Playlist {
  readonly segments: readonly Segment[];
  readonly byAddress: ReadonlyMap<string, Segment>;
  readonly isLive: boolean;
  readonly targetDurationS: number;
}

interface ActiveTrack {
  readonly delivery: TrackDelivery;
  readonly swarm: Swarm;
  stopClosing: (() => void) | undefined;
  /** What hls.js asked for last. */
  followed: Segment | undefined;
}

/** Connecting to peers costs a small device as much as the first picture does, so it waits for that, but not longer. */
const JOIN_AT_LATEST_MS = 400;
/** A rendition that is not played any more goes on serving its neighbours for so long. */
const LINGER_MS = 30_000;
/** The playhead moves without telling; deadlines are looked at this often at least. */
const LONGEST_SLEEP_MS = 500;

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
  readonly #playlists = new Map<string, Playlist>();
  #state: { at: "starting" | "joining" } | { at: "joined"; sinceMs: number } | { at: "closed" } = {
    at: "starting",
  };
  #cancelJoin: (() => void) | undefined;
  #iceServers: readonly RTCIceServer[];
  #iceServersAsked: Promise<void> | undefined;
  readonly #random: () => number;
  readonly #session: string;
  readonly #peerIds: string[] = [];
  readonly #current = new Map<Track["type"], string>();
  #origin: OriginTime = UNKNOWN_ORIGIN;
  #cancelTimer: (() => void) | undefined;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#store = new SegmentStore(options.memoryLimitBytes);
    this.#uploads = new UploadDesk(
      this.#clock,
      () => this.#announceAll(),
      () => this.#peersRate(),
    );
    this.#random = options.random ?? Math.random;
    this.#iceServers = options.iceServers;
    this.#session = this.#random().toString(36).slice(2);
  }

  get originTime(): OriginTime {
    return this.#origin;
  }

  get storedBytes(): number {
    return this.#store.bytes;
  }

  /** Distinct peers over all tracks. */
  get peers(): Set<string> {
    const peers = new Set<string>();
    for (const { delivery } of this.#tracks.values()) for (const peer of delivery.peers) peers.add(peer);
    return peers;
  }

  setPlaylist(track: Track, segments: readonly Segment[], isLive: boolean, targetDurationS: number): void {
    const byAddress = new Map(
      segments.map((segment) => [address(segment.url, segment.byteRange?.start), segment]),
    );
    this.#playlists.set(track.id, { segments, byAddress, isLive, targetDurationS });
    this.#tracks.get(track.id)?.delivery.setSegments(segments);
    this.#evaluateSoon();
  }

  /** The segment with this address, if peers can have it. */
  find(url: string, rangeStart: number | undefined): Segment | undefined {
    for (const { byAddress } of this.#playlists.values()) {
      const segment = byAddress.get(address(url, rangeStart));
      if (segment) return segment;
    }
    return undefined;
  }

  request(segment: Segment, receiver: SegmentReceiver): void {
    const { delivery, swarm } = this.#join(segment.track);
    const copy = this.#store.copy(segment);
    if (copy) {
      this.#follow(segment, swarm);
      queueMicrotask(() => receiver.delivered(copy, "peer"));
      return;
    }
    delivery.request(segment, receiver);
    this.#evaluate();
    this.#follow(segment, swarm);
  }

  /** Playback has begun: the time to meet peers. */
  playbackStarted(): void {
    if (this.#state.at !== "starting" || !this.#iceServersAsked) return;
    this.#cancelJoin?.();
    this.#state = { at: "joining" };
    void this.#iceServersAsked.then(() => this.#joinSwarms());
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

  /** Lets go of all peers, who then know it at once, until {@link resume}. */
  suspend(): void {
    for (const { swarm } of this.#tracks.values()) swarm.suspend();
  }

  resume(): void {
    for (const { swarm } of this.#tracks.values()) swarm.resume();
  }

  playheadMoved(): void {
    const { positionS, rate } = this.#options.playhead();
    for (const { swarm } of this.#tracks.values()) swarm.setPlayback(positionS, rate);
    this.#evaluateSoon();
  }

  close(): void {
    if (this.#state.at === "closed") return;
    this.#state = { at: "closed" };
    this.#cancelTimer?.();
    this.#cancelJoin?.();
    for (const id of [...this.#tracks.keys()]) this.#leave(id);
    this.#uploads.close();
    this.#store.clear();
  }

  #follow(segment: Segment, swarm: Swarm): void {
    const track = this.#tracks.get(segment.track.id);
    if (track) track.followed = segment;
    if (this.#state.at === "joined") swarm.follow(segment);
    else if (this.#state.at === "starting") this.#prepareToJoin();
  }

  #prepareToJoin(): void {
    const { iceServers, reachableIceServers } = this.#options;
    this.#iceServersAsked ??= reachableIceServers(iceServers).then((servers) => {
      this.#iceServers = servers;
    });
    this.#cancelJoin ??= this.#clock.after(JOIN_AT_LATEST_MS, () => this.playbackStarted());
  }

  #joinSwarms(): void {
    if (this.#state.at !== "joining") return;
    this.#state = { at: "joined", sinceMs: this.#clock.now() };
    for (const id of this.#current.values()) {
      const track = this.#tracks.get(id);
      if (track?.followed) track.swarm.follow(track.followed);
    }
    this.#evaluateSoon();
  }

  #join(track: Track): ActiveTrack {
    const previous = this.#current.get(track.type);
    if (previous !== track.id) {
      this.#current.set(track.type, track.id);
      if (previous !== undefined) this.#linger(previous);
    }
    const joined = this.#tracks.get(track.id);
    if (joined) {
      joined.stopClosing?.();
      joined.stopClosing = undefined;
      return joined;
    }
    const created = this.#create(track);
    this.#tracks.set(track.id, created);
    return created;
  }

  #create(track: Track): ActiveTrack {
    const options = this.#options;
    const { segments, isLive, targetDurationS } = this.#playlists.get(track.id) ?? {
      segments: [],
      isLive: false,
      targetDurationS: 0,
    };
    const delivery = new TrackDelivery({
      track,
      isLive,
      targetDurationS,
      peerId: () => swarm.peerId,
      maySeed: options.mayUpload,
      windowS: options.windowS,
      joinedAtMs: () => (this.#state.at === "joined" ? this.#state.sinceMs : undefined),
      store: this.#store,
      clock: this.#clock,
      startFetch: options.startFetch,
      originTime: () => this.#origin,
      playhead: options.playhead,
      onArrived: (segment, data, source, peerId) => this.#arrived(segment, data, source, peerId),
      onPeerBytesLost: (bytes) => options.listener.peerBytesLost(bytes),
      onFetched: (bytes, timing) => {
        this.#origin = learnOriginTime(this.#origin, { bytes, ...timing });
      },
      onChange: () => this.#evaluateSoon(),
    });
    const { listener } = options;
    const swarm = new Swarm({
      track,
      isLive,
      swarmId: options.swarmId,
      trackers: options.trackers,
      session: this.#session,
      peerIdOf: (join) => this.#peerIdOf(join),
      clock: this.#clock,
      random: this.#random,
      rtcConfig: () => ({ iceServers: [...this.#iceServers] }),
      mayUpload: options.mayUpload,
      windowS: options.windowS,
      listener: {
        peerConnected: (peerId) => {
          const isNew = !this.peers.has(peerId);
          delivery.peerConnected(peerId);
          if (isNew) listener.peerConnected(peerId);
        },
        peerClosed: (peerId) => {
          const wasKnown = delivery.peers.has(peerId);
          delivery.peerClosed(peerId);
          this.#uploads.peerClosed(peerId);
          if (wasKnown && !this.peers.has(peerId)) listener.peerDisconnected(peerId);
        },
        transferStarted: (number, peerId) => delivery.transferStarted(number, peerId),
        transferMoved: (peerId, bytes) => delivery.transferMoved(peerId, bytes),
        transferEnded: (peerId) => delivery.transferEnded(peerId),
        received: (number, data) => {
          delivery.received(number, data);
          return Promise.resolve(true);
        },
        stored: () => [...this.#store.segmentsOf(track.id)].map(({ number }) => number),
        isWanted: (number) => delivery.isWanted(number),
        uploadAsked: (number) => this.#uploadAsked(track, number),
        uploadMoved: (peerId, bytes) => {
          this.#uploads.moved(peerId, bytes);
          listener.uploaded(bytes, peerId);
        },
        trackerFailed: (error) => listener.trackerFailed(error),
      },
    });
    delivery.setSegments(segments);
    delivery.setSwarm(swarm);
    return { delivery, swarm, stopClosing: undefined, followed: undefined };
  }

  #peerIdOf(join: number): string {
    this.#peerIds[join] ??= this.#options.newPeerId();
    return this.#peerIds[join];
  }

  #uploadAsked(track: Track, number: number): ArrayBuffer | undefined {
    for (const segment of this.#store.segmentsOf(track.id)) {
      if (segment.number !== number) continue;
      const data = this.#store.peek(segment);
      const durationMs = (segment.endS - segment.startS) * 1000;
      return data && this.#uploads.ask(data.byteLength, durationMs) ? data : undefined;
    }
    return undefined;
  }

  #arrived(segment: Segment, data: ArrayBuffer, source: Source, peerId: string | undefined): void {
    const { listener, playhead } = this.#options;
    listener.segmentArrived(segment, data.byteLength, source, peerId);
    const dropped = this.#store.put(segment, data, playhead().positionS);
    const touched = new Set(dropped.map(({ track }) => track.id));
    for (const id of touched) this.#tracks.get(id)?.swarm.announce();
  }

  #linger(trackId: string): void {
    const track = this.#tracks.get(trackId);
    if (!track) return;
    track.stopClosing?.();
    track.stopClosing = this.#clock.after(LINGER_MS, () => this.#leave(trackId));
  }

  #leave(trackId: string): void {
    const track = this.#tracks.get(trackId);
    if (!track) return;
    track.stopClosing?.();
    const before = this.peers;
    this.#tracks.delete(trackId);
    track.swarm.close();
    track.delivery.close();
    const after = this.peers;
    for (const peer of before) if (!after.has(peer)) this.#options.listener.peerDisconnected(peer);
    for (const segment of [...this.#store.segmentsOf(trackId)]) this.#store.delete(segment);
  }

  /** Neighbours' uplinks tell most of what an own, unknown one may be. */
  #peersRate(): number {
    const rates = [...this.#tracks.values()].map(({ delivery }) => delivery.peerBytesPerMs);
    return Math.max(0, ...rates);
  }

  #announceAll(): void {
    for (const { swarm } of this.#tracks.values()) swarm.announce();
  }

  #evaluateSoon(): void {
    if (this.#state.at !== "closed") this.#sleep(0);
  }

  #evaluate(): void {
    if (this.#state.at === "closed") return;
    const nowMs = this.#clock.now();
    let nextMs = nowMs + LONGEST_SLEEP_MS;
    for (const id of this.#current.values()) {
      const track = this.#tracks.get(id);
      if (track) nextMs = Math.min(nextMs, track.delivery.evaluate(nowMs));
    }
    this.#sleep(nextMs - nowMs);
  }

  #sleep(delayMs: number): void {
    this.#cancelTimer?.();
    this.#cancelTimer = this.#clock.after(Math.max(0, delayMs), () => this.#evaluate());
  }
}

function address(url: string, rangeStart: number | undefined): string {
  return rangeStart === undefined ? url : `${url}|${rangeStart}`;
}

import { seedingRank } from "../policy/election.js";
import { decideFetch, leavesTimeForPeers, type Neighbourhood } from "../policy/fetch-decision.js";
import { isHopeless } from "../policy/hopeless-transfer.js";
import type { OriginTime } from "../policy/origin-time.js";
import { capabilityOf } from "../protocol/index.js";
import type { Arrival } from "./arrival.js";
import type { OriginFailure } from "./origin-fetch.js";
import { OriginFetches, type OriginFetchesOptions } from "./origin-fetches.js";
import { PeerDeliveries, type PeerDeliveriesOptions, type TransferEnd } from "./peer-deliveries.js";
import type { Segment, Track } from "./segment.js";
import { newRecord, type SegmentReceiver, type SegmentRecord } from "./segment-record.js";
import type { SegmentStore } from "./segment-store.js";
import { type Playhead, viewOf } from "./segment-view.js";

/** The peers of one track, as the swarm brings them. */
export interface TrackSwarm {
  setSegments(segments: readonly Segment[]): void;
  release(segment: Segment): void;
  announce(): void;
  /** How many segments peers may send at a time. */
  setSimultaneous(transfers: number): void;
}

export interface TrackDeliveryOptions extends OriginFetchesOptions, PeerDeliveriesOptions {
  /** The id under which the peers know this viewer now. */
  readonly peerId: () => string;
  readonly maySeed: () => boolean;
  readonly isLive: boolean;
  readonly targetDurationS: number;
  readonly windowS: number;
  /** When this viewer set out to meet peers; `undefined` before, `-Infinity` where it does not. */
  readonly joinedAtMs: () => number | undefined;
  /** Nobody is there whom it could meet. */
  readonly isAlone: () => boolean;
  readonly store: SegmentStore;
  readonly originTime: () => OriginTime;
  readonly playhead: () => Playhead;
  /** Whether peers may be asked for a segment at all. */
  readonly mayShare: (segment: Segment) => boolean;
  /** A whole segment has come; the buffer now belongs to the listener. */
  readonly onArrived: (arrival: Arrival) => void;
}

/** How a segment is seen that peers cannot be asked for. */
const ALONE: Neighbourhood = {
  peers: 0,
  seeders: 0,
  isJoining: false,
  learnSpreadMs: 0,
  showMs: 0,
  transferMs: 0,
  isNarrow: false,
};
/** How long a new viewer waits for its first peer, where its buffer allows. */
export const JOINING_MS = 2_000;
/** How long peers of a new viewer may take to show what they have. */
export const SETTLING_MS = 1_500;
/** PML starts a transfer within the same turn of a playlist update, or within its next look at the playhead. */
export const SHOW_MS = { live: 80, vod: 250 };
export const KEEP_BEHIND_WINDOW_S = 10;
export const REST_AFTER_FAILURE_MS = 4_000;
export const SIMULTANEOUS_ELECTED_FETCHES = 2;
/** The playhead moves without telling; deadlines are looked at this often at least. */
export const LONGEST_SLEEP_MS = 500;

/** Delivers one track's segments: carries out what the fetch policy decides, and tells it what happens. */
export class TrackDelivery {
  readonly track: Track;
  readonly peers = new Set<string>();
  readonly #options: TrackDeliveryOptions;
  readonly #records = new Map<number, SegmentRecord>();
  readonly #fetches: OriginFetches;
  readonly #deliveries: PeerDeliveries;
  #swarm: TrackSwarm | undefined;
  #segments: readonly Segment[] = [];
  #firstPeerAtMs: number | undefined;
  #meanBytes: number | undefined;
  /** Nothing before the first requested segment is this viewer's business. */
  #fromNumber: number | undefined;
  #isFollowing = false;
  /** What starts here or later is not fetched before hls.js asks. */
  #windowEndS = Number.NEGATIVE_INFINITY;

  constructor(options: TrackDeliveryOptions) {
    this.#options = options;
    this.track = options.track;
    const isMissing = (record: SegmentRecord) =>
      this.#records.get(record.segment.number) === record && !options.store.has(record.segment);
    this.#fetches = new OriginFetches(options, {
      isMissing,
      fetched: (record, data, isVerified) =>
        this.#arrived(record, data, { source: "origin", peerId: undefined, isVerified }),
      failed: (record, failure) => this.#failed(record, failure),
    });
    this.#deliveries = new PeerDeliveries(options, {
      isMissing,
      delivered: (record, data, peerId, isVerified) =>
        this.#arrived(record, data, { source: "peer", peerId, isVerified }),
    });
  }

  setSwarm(swarm: TrackSwarm): void {
    this.#swarm = swarm;
    this.setSegments(this.#segments);
  }

  get segments(): readonly Segment[] {
    return this.#segments;
  }

  /** The playlist as it stands now. */
  setSegments(segments: readonly Segment[]): void {
    const isFirst = this.#segments.length === 0;
    this.#segments = segments;
    const numbers = new Set(segments.map(({ number }) => number));
    for (const [number, record] of this.#records) {
      if (numbers.has(number) || record.receiver) continue;
      this.#fetches.abort(record);
      this.#deliveries.countLost(record, 0);
      this.#records.delete(number);
    }
    for (const segment of segments) {
      const record = this.#records.get(segment.number);
      if (record) record.segment = segment;
      else this.#records.set(segment.number, newRecord(segment, isFirst));
    }
    this.#forgetOld(segments[0]);
    const kept = [...this.#options.store.segmentsOf(this.track.id)].filter(
      ({ number }) => !numbers.has(number),
    );
    this.#swarm?.setSegments([...kept, ...segments]);
  }

  /** hls.js wants this segment now. */
  request(segment: Segment, receiver: SegmentReceiver): void {
    this.#fromNumber = Math.min(this.#fromNumber ?? segment.number, segment.number);
    const record = this.#records.get(segment.number) ?? newRecord(segment, true);
    this.#records.set(segment.number, record);
    record.receiver = receiver;
    record.dueAtMs = Number.POSITIVE_INFINITY;
    this.#isFollowing = true;
  }

  cancel(segment: Segment, receiver: SegmentReceiver): void {
    const record = this.#records.get(segment.number);
    if (!record || record.receiver !== receiver) return;
    record.receiver = undefined;
    this.#swarm?.release(segment);
    if (record.fetch?.isForRequest) this.#fetches.abort(record);
  }

  progress(segment: Segment) {
    return this.#records.get(segment.number)?.fetch?.progress();
  }

  playheadMoved(positionS: number): void {
    this.#windowEndS = positionS + this.#options.windowS;
  }

  /**
   * Looks at all segments within reach and starts what is due.
   *
   * @returns when to look again at the latest.
   */
  evaluate(nowMs: number): number {
    const { intake, store } = this.#options;
    const origin = this.#options.originTime();
    this.#swarm?.setSimultaneous(intake.limit);
    const playhead = this.#options.playhead();
    this.playheadMoved(playhead.positionS);
    const around = this.#neighbourhood(nowMs);
    const settledAtMs = this.#firstPeerAtMs === undefined ? 0 : this.#firstPeerAtMs + SETTLING_MS;
    let nextMs = Number.POSITIVE_INFINITY;
    let elected = 0;
    let isInOrder = true;
    for (const record of this.#records.values()) if (record.fetch && !record.receiver) elected++;
    for (const record of this.#records.values()) {
      const { segment, receiver } = record;
      if (record.fetch || (!receiver && !this.#isWithinReach(segment, playhead)) || store.has(segment))
        continue;
      if (!receiver && !this.#wouldKeep(segment, playhead)) continue;
      record.knownAtMs ??= nowMs;
      const view = viewOf(record, {
        isTrusted: (peerId) => this.#options.standings.isTrusted(peerId),
        playhead,
        nowMs,
        settledAtMs,
        rank: this.#rank(record, nowMs),
        expectedBytes: this.#meanBytes,
      });
      if (isHopeless(view, origin, nowMs)) this.#swarm?.release(segment);
      const surroundings = this.#options.mayShare(segment) ? around : ALONE;
      const decision = decideFetch(view, surroundings, origin, nowMs);
      if (decision.at === "wait") {
        nextMs = Math.min(nextMs, decision.untilMs);
        if (record.transfer) record.transfer.promisedAtMs = decision.promisedAtMs;
        // A later segment must not take a narrow downlink from one that is needed before it.
        isInOrder &&= !around.isNarrow || record.transfer !== undefined;
      } else if (receiver || (elected < SIMULTANEOUS_ELECTED_FETCHES && intake.hasRoom && isInOrder)) {
        if (!receiver) elected++;
        // Those who were elected have promised it to others, too.
        this.#fetches.start(record, receiver !== undefined && decision.because !== "elected");
        if (record.transfer && intake.isTaken) this.#swarm?.release(segment);
      }
    }
    return nextMs;
  }

  /** Gives up everything that waits, as plain players do when they are destroyed. */
  close(): void {
    for (const record of this.#records.values()) {
      this.#fetches.abort(record);
      this.#deliveries.countLost(record, 0);
    }
    this.#records.clear();
    this.peers.clear();
  }

  /** Cuts off all that is under way; whoever waits is told, and may ask again. */
  interrupt(): void {
    for (const record of this.#records.values()) {
      this.#fetches.abort(record);
      this.#deliveries.countLost(record, 0);
      const { receiver } = record;
      record.receiver = undefined;
      receiver?.failed({ code: 0, text: "interrupted", isTimeout: false });
    }
  }

  // What the swarm tells.

  peerConnected(peerId: string): void {
    this.#firstPeerAtMs ??= this.#options.clock.now();
    this.peers.add(peerId);
    this.#options.onChange();
  }

  peerClosed(peerId: string): void {
    this.peers.delete(peerId);
    for (const record of this.#records.values()) record.offeredBy.delete(peerId);
    this.transferEnded(peerId);
  }

  transferStarted(number: number, peerId: string): void {
    const record = this.#records.get(number);
    if (record) this.#deliveries.started(record, peerId);
  }

  transferMoved(peerId: string, bytes: number): void {
    this.#deliveries.moved(peerId, bytes);
  }

  /** @param ended how; `undefined` where the connection is gone. */
  transferEnded(peerId: string, ended?: TransferEnd): void {
    this.#deliveries.ended(peerId, ended);
  }

  /** Rate at which peers have delivered whole segments lately, in bytes per millisecond; 0 before the first. */
  get peerBytesPerMs(): number {
    return this.#deliveries.bytesPerMs;
  }

  /** What playback takes of the downlink, in bytes per millisecond; 0 before the first segment. */
  get mediaBytesPerMs(): number {
    return (this.#meanBytes ?? 0) / (this.#options.targetDurationS * 1000);
  }

  /** Playback needs the link for itself: it waits for the origin on a narrow downlink, whose uplink carries the receipts. */
  get isPressed(): boolean {
    return this.#options.intake.isTaken && this.waitsForOrigin;
  }

  /** Playback has asked for a segment that is on its way from the origin. */
  get waitsForOrigin(): boolean {
    for (const { fetch, receiver } of this.#records.values()) if (fetch && receiver) return true;
    return false;
  }

  /**
   * A whole segment has come.
   *
   * @returns false where the peer that has sent it is not to be kept.
   */
  received(number: number, data: ArrayBuffer): boolean | Promise<boolean> {
    const record = this.#records.get(number);
    return record ? this.#deliveries.received(record, data) : true;
  }

  /** Whether peers may send this segment: it is waited for, or there is room to keep it for later. */
  isWanted(number: number): boolean {
    const record = this.#records.get(number);
    if (!record) return false;
    const { segment, receiver } = record;
    // Before all else, and without a look at the video: PML asks about minutes of the programme each time.
    if (!receiver && segment.startS >= this.#windowEndS) return false;
    const { intake, mayShare, store } = this.#options;
    if (store.has(segment) || !mayShare(segment)) return false;
    // PML gives up what it must not want any more, so this also ends a transfer that the origin overtakes.
    if (intake.isTaken && (record.fetch || !record.transfer)) return false;
    if (Number.isFinite(intake.limit) && !record.transfer && !this.#isNextForPeers(record)) return false;
    return receiver !== undefined || this.#wouldKeep(segment, this.#options.playhead());
  }

  /** On a narrow downlink peers send only what is needed next, and only while the origin could still make good for it. */
  #isNextForPeers({ segment }: SegmentRecord): boolean {
    const { clock, originTime, store } = this.#options;
    const playhead = this.#options.playhead();
    const nowMs = clock.now();
    for (const earlier of this.#records.values()) {
      if (earlier.segment.number >= segment.number || earlier.transfer || store.has(earlier.segment))
        continue;
      if (earlier.receiver || this.#isWithinReach(earlier.segment, playhead)) return false;
    }
    // As if it played: what is paused, or has not begun, may do so at any moment.
    const neededAtMs = nowMs + ((segment.startS - playhead.positionS) * 1000) / (playhead.rate || 1);
    return leavesTimeForPeers(neededAtMs, { isNarrow: true }, originTime(), nowMs);
  }

  /** What left a live window long ago is asked for by nobody. */
  #forgetOld(first: Segment | undefined): void {
    const { isLive, store } = this.#options;
    if (!isLive || !first) return;
    for (const segment of [...store.segmentsOf(this.track.id)]) {
      if (segment.endS < first.startS - KEEP_BEHIND_WINDOW_S) store.delete(segment);
    }
  }

  #neighbourhood(nowMs: number): Neighbourhood {
    const { isLive, targetDurationS, windowS, isAlone } = this.#options;
    const joinedAtMs = this.#options.joinedAtMs() ?? nowMs;
    let seeders = 0;
    for (const peer of this.peers) if (capabilityOf(peer) === "seed") seeders++;
    return {
      peers: this.peers.size,
      seeders,
      isJoining: this.#firstPeerAtMs === undefined && !isAlone() && nowMs < joinedAtMs + JOINING_MS,
      // Others poll a live playlist up to a target duration later. A VOD's are at other places of it.
      learnSpreadMs: isLive ? targetDurationS * 1000 : (windowS * 1000) / 2,
      showMs: isLive ? SHOW_MS.live : SHOW_MS.vod,
      transferMs: this.peerBytesPerMs > 0 ? (this.#meanBytes ?? 0) / this.peerBytesPerMs : 0,
      isNarrow: Number.isFinite(this.#options.intake.limit),
    };
  }

  #rank(record: SegmentRecord, nowMs: number): number {
    if (!this.#options.maySeed() || nowMs < record.restUntilMs) return Number.POSITIVE_INFINITY;
    const seeders = [...this.peers].filter((peer) => capabilityOf(peer) === "seed");
    return seedingRank(`${this.track.fingerprint}/${record.segment.number}`, this.#options.peerId(), seeders);
  }

  /** Whether a segment would stay until it is played, beside those that are still to come before it. */
  #wouldKeep(segment: Segment, playhead: Playhead): boolean {
    const { store } = this.#options;
    let coming = 1;
    for (let number = segment.number - 1; ; number--) {
      const earlier = this.#records.get(number)?.segment;
      if (!earlier || !this.#isWithinReach(earlier, playhead)) break;
      if (!store.has(earlier)) coming++;
    }
    return store.wouldKeep(segment, coming * (this.#meanBytes ?? 0), playhead.positionS);
  }

  #isWithinReach(segment: Segment, playhead: Playhead): boolean {
    if (!this.#isFollowing || playhead.rate === 0) return false;
    if (this.#fromNumber !== undefined && segment.number < this.#fromNumber) return false;
    return segment.endS > playhead.bufferedToS && segment.startS < this.#windowEndS;
  }

  #failed(record: SegmentRecord, failure: OriginFailure): void {
    record.restUntilMs = this.#options.clock.now() + REST_AFTER_FAILURE_MS;
    const { receiver } = record;
    record.receiver = undefined;
    receiver?.failed(failure);
    this.#options.onChange();
  }

  #arrived(
    record: SegmentRecord,
    data: ArrayBuffer,
    from: Pick<Arrival, "source" | "peerId" | "isVerified">,
  ): void {
    const { source } = from;
    const { segment, receiver } = record;
    record.receiver = undefined;
    this.#meanBytes =
      this.#meanBytes === undefined
        ? data.byteLength
        : this.#meanBytes + (data.byteLength - this.#meanBytes) / 4;
    if (source === "peer") this.#fetches.abort(record);
    this.#deliveries.countLost(record, source === "peer" ? data.byteLength : 0);
    // A copy for hls.js, whose worker detaches what it is given; taken before the store may drop the original.
    const copy = receiver && data.slice(0);
    this.#options.onArrived({ ...from, segment, data, isPlayed: receiver !== undefined });
    this.#swarm?.announce();
    this.#swarm?.release(segment);
    if (receiver && copy) receiver.delivered(copy, source);
    this.#options.onChange();
  }
}

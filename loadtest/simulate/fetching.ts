// As the player's `TrackDelivery`: feeds its fetch policy and carries out what that decides.
import {
  JOINING_MS,
  KEEP_BEHIND_WINDOW_S,
  REST_AFTER_FAILURE_MS,
  SETTLING_MS,
  SHOW_MS,
  SIMULTANEOUS_ELECTED_FETCHES,
} from "../../player/delivery/track-delivery.js";
import {
  decideFetch,
  leavesTimeForPeers,
  type Neighbourhood,
  type SegmentView,
  type Transfer,
} from "../../player/policy/fetch-decision.js";
import { isHopeless } from "../../player/policy/hopeless-transfer.js";
import { behindUploads, type OriginTime, UNKNOWN_ORIGIN } from "../../player/policy/origin-time.js";
import { waitsForOrigin } from "./intake.js";
import type { Viewer } from "./viewer.js";
import { type Want, WantPool } from "./want.js";
import { Weights } from "./weights.js";
import type { World } from "./world.js";

type Writable<Type> = { -readonly [Name in keyof Type]: Type[Name] };

export class Fetching {
  readonly #world: World;
  readonly #look: number;
  readonly #weights: Weights;
  readonly #pool = new WantPool();
  readonly #names: string[][];
  readonly #windowS: number;
  readonly #mostHeld: readonly number[];
  // One of each, filled anew for every decision.
  readonly #view: Writable<SegmentView>;
  readonly #around: Writable<Neighbourhood>;
  readonly #transfer: Writable<Transfer>;
  readonly #origin: Writable<OriginTime> = { ...UNKNOWN_ORIGIN };

  constructor(world: World) {
    this.#world = world;
    const { scenario, programme, viewers } = world;
    const { policies, stream } = scenario;
    this.#look = world.schedule.on((index, look) => {
      const viewer = world.viewer(index);
      if (viewer.looks !== look || viewer.state !== "present") return;
      viewer.lookAtMs = Number.POSITIVE_INFINITY;
      this.evaluate(viewer);
    });
    this.#weights = new Weights(viewers);
    this.#names = stream.renditions.map(() => []);
    this.#windowS = policies.prefetchWindowS;
    this.#mostHeld = stream.renditions.map((_, rendition) =>
      Math.max(1, Math.floor((policies.memoryMiB * 2 ** 20) / programme.meanBytesOf(rendition))),
    );
    this.#around = {
      seeders: 0,
      peers: 0,
      isJoining: false,
      transferMs: 0,
      isNarrow: false,
      learnSpreadMs: programme.isLive ? programme.segmentMs : (this.#windowS * 1000) / 2,
      showMs: programme.isLive ? SHOW_MS.live : SHOW_MS.vod,
    };
    this.#view = {
      knownAtMs: 0,
      neededAtMs: 0,
      durationMs: programme.segmentMs,
      isRequested: false,
      rank: 0,
      isOffered: false,
      transfer: undefined,
    };
    this.#transfer = {
      lastMovedAtMs: 0,
      loadedBytes: 0,
      totalBytes: 0,
      bytesPerMs: 0,
      promisedAtMs: undefined,
    };
  }

  /** It uploads from now on, or does not. */
  uploadsChanged(viewer: Viewer): void {
    this.#weights.setMaySeed(viewer);
  }

  /** The player asks for a segment that it does not hold. */
  request(viewer: Viewer, segment: number): void {
    if (viewer.firstRequested < 0) {
      viewer.firstRequested = segment;
      viewer.oldestHeld = segment;
      viewer.reached = Math.max(viewer.reached, segment - 1);
    }
    const known = viewer.want(segment);
    const want = known ?? this.#add(viewer, segment);
    want.isRequested = true;
    want.dueAtMs = Number.POSITIVE_INFINITY;
    // For what was wanted before, peers are asked as soon as they have it.
    if (!known) this.#world.exchange.pull(viewer);
    this.evaluate(viewer);
  }

  /** The playlist or the playhead has moved: more segments may be within reach. @returns whether there are. */
  reach(viewer: Viewer): boolean {
    if (!viewer.usesPeers || viewer.firstRequested < 0 || !viewer.hasBegun || viewer.isPaused) return false;
    const { schedule, programme, held } = this.#world;
    const positionS = viewer.positionS(schedule.nowMs);
    const endS = positionS + this.#windowS;
    const keptTo = Math.floor(positionS / programme.segmentS) + (this.#mostHeld[viewer.rendition] as number);
    let isNew = false;
    viewer.reached = Math.max(viewer.reached, viewer.next - 1);
    while (viewer.reached < viewer.known && (viewer.reached + 1) * programme.segmentS < endS) {
      // What memory could not keep until it is played is not fetched ahead of its time.
      if (viewer.reached + 1 >= keptTo) break;
      const segment = ++viewer.reached;
      if (held[viewer.rendition]?.has(segment, viewer.index) || viewer.want(segment)) continue;
      this.#add(viewer, segment);
      isNew = true;
    }
    if (isNew) this.#world.exchange.pull(viewer);
    return isNew;
  }

  /** The playhead's place from which on one segment more is within reach. */
  reachesFromS({ reached, rendition }: Viewer): number {
    const { segmentS } = this.#world.programme;
    const keptFrom = reached + 2 - (this.#mostHeld[rendition] as number);
    return Math.max((reached + 1) * segmentS - this.#windowS, keptFrom * segmentS);
  }

  /** Looks at all that is wanted and starts what is due. */
  evaluate(viewer: Viewer): void {
    if (viewer.state !== "present") return;
    const { schedule, programme, origin, exchange, desk } = this.#world;
    const { nowMs } = schedule;
    const around = this.#around;
    around.peers = viewer.peerCount;
    around.seeders = viewer.seederCount;
    around.isJoining =
      viewer.usesPeers &&
      viewer.firstPeerAtMs === undefined &&
      viewer.othersTold !== 0 &&
      nowMs < (viewer.meetsSinceMs ?? nowMs) + JOINING_MS;
    const positionS = viewer.positionS(nowMs);
    const isRunning = viewer.hasBegun && !viewer.isPaused;
    const settledAtMs = viewer.firstPeerAtMs === undefined ? 0 : viewer.firstPeerAtMs + SETTLING_MS;
    const view = this.#view;
    const queueMs = desk.queueMs(viewer);
    const learnt = viewer.recall(this.#origin);
    const known = queueMs > 0 ? behindUploads(learnt, queueMs) : learnt;
    const limit = this.#world.intake.learn(viewer);
    around.isNarrow = limit !== Number.POSITIVE_INFINITY;
    const { peersBytesPerMs } = viewer;
    around.transferMs =
      peersBytesPerMs > 0 ? this.#world.programme.meanBytesOf(viewer.rendition) / peersBytesPerMs : 0;
    let nextMs = Number.POSITIVE_INFINITY;
    let elected = 0;
    let isInOrder = true;
    for (const want of viewer.wants) if (want.fetch && !want.isRequested) elected++;
    for (const want of viewer.wants) {
      if (want.fetch || (!want.isRequested && !isRunning)) continue;
      if (want.isRequested && nowMs < want.restUntilMs) {
        // The player tries again by itself.
        nextMs = Math.min(nextMs, want.restUntilMs);
        continue;
      }
      const aheadMs = Math.max(0, want.segment * programme.segmentS - positionS) * 1000;
      view.knownAtMs = want.isOld ? Math.max(want.knownAtMs, settledAtMs) : want.knownAtMs;
      view.isRequested = want.isRequested;
      view.neededAtMs = nowMs + aheadMs;
      if (want.isRequested && isRunning) {
        want.dueAtMs = Math.min(want.dueAtMs, view.neededAtMs);
        view.neededAtMs = want.dueAtMs;
      }
      view.rank = this.#rank(viewer, want, nowMs);
      view.isOffered = want.isOffered;
      view.transfer = this.#transferOf(want, nowMs);
      if (isHopeless(view, known, nowMs)) {
        exchange.cancel(want);
        view.transfer = undefined;
      }
      want.hasTimeForPeers = leavesTimeForPeers(view.neededAtMs, around, known, nowMs);
      const decision = decideFetch(view, around, known, nowMs);
      if (decision.at === "wait") {
        nextMs = Math.min(nextMs, decision.untilMs);
        if (want.transfer) want.promisedAtMs = decision.promisedAtMs;
        isInOrder &&= !around.isNarrow || want.transfer !== undefined;
      } else if (
        want.isRequested ||
        (elected < SIMULTANEOUS_ELECTED_FETCHES && isInOrder && this.#world.intake.hasRoom(viewer))
      ) {
        if (!want.isRequested) elected++;
        want.isFetchedForRequest = want.isRequested && decision.because !== "elected";
        want.fetch = origin.fetch(viewer, want);
        this.#world.intake.fetchStarted(viewer);
        // On a narrow downlink the origin overtakes the peer.
        if (want.transfer && around.isNarrow && this.#world.intake.isTaken(viewer)) exchange.cancel(want);
      }
    }
    // Ended uploads change what is seen here, and with it this viewer's next look.
    if (viewer.uploads.length > 0 && waitsForOrigin(viewer))
      nextMs = Math.min(nextMs, desk.yieldToPlayback(viewer));
    if (nextMs < viewer.lookAtMs && nextMs !== Number.POSITIVE_INFINITY) {
      viewer.lookAtMs = Math.max(nextMs, nowMs + SHORTEST_LOOK_MS);
      schedule.at(viewer.lookAtMs, this.#look, viewer.index, ++viewer.looks);
    }
  }

  /** A whole segment has come, from a peer or from the origin. */
  arrived(viewer: Viewer, want: Want, isFromOrigin: boolean): void {
    const { exchange, announcements, desk, playback, origin, held } = this.#world;
    if (want.fetch) {
      origin.abort(want.fetch);
      want.fetch = undefined;
      this.#world.intake.fetchEnded(viewer);
    }
    exchange.cancel(want);
    takeOut(viewer.wants, want);
    announcements.recount(viewer);
    held[viewer.rendition]?.add(want.segment, viewer.index);
    viewer.held++;
    this.#makeRoom(viewer);
    if (viewer.usesPeers) {
      viewer.fresh.push(want.segment);
      announcements.announce(viewer);
    }
    const { segment, isRequested } = want;
    this.#pool.giveBack(want);
    if (isRequested) playback.delivered(viewer, segment);
    else desk.downloaded(viewer);
    // One fetch less is under way, so that another one may begin.
    if (isFromOrigin && viewer.wants.length > 0) this.evaluate(viewer);
  }

  failed(viewer: Viewer, want: Want): void {
    const { nowMs } = this.#world.schedule;
    want.fetch = undefined;
    this.#world.intake.fetchEnded(viewer);
    // hls.js tries again after a second, then after twice as long.
    const retryMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** viewer.retries++);
    want.restUntilMs = nowMs + (want.isRequested ? retryMs : REST_AFTER_FAILURE_MS);
    this.evaluate(viewer);
  }

  /** Gives up everything that is under way. */
  giveUp(viewer: Viewer): void {
    for (const want of viewer.wants.splice(0)) {
      if (want.fetch) {
        this.#world.origin.abort(want.fetch);
        this.#world.intake.fetchEnded(viewer);
      }
      want.fetch = undefined;
      this.#world.exchange.cancel(want);
      this.#pool.giveBack(want);
    }
    this.#world.announcements.recount(viewer);
  }

  #add(viewer: Viewer, segment: number): Want {
    const want = this.#pool.take(segment, this.#world.schedule.nowMs, segment <= viewer.firstKnown);
    const { wants } = viewer;
    wants.push(want);
    // Peers are asked for them in this order.
    if (wants.length > 1 && (wants[wants.length - 2] as Want).segment > segment) wants.sort(bySegment);
    this.#world.announcements.recount(viewer);
    return want;
  }

  #rank(viewer: Viewer, want: Want, nowMs: number): number {
    if (!viewer.mayUpload || nowMs < want.restUntilMs) return Number.POSITIVE_INFINITY;
    if (this.#world.scenario.policies.seeding === "none") return Number.POSITIVE_INFINITY;
    if (want.rankOf !== viewer.meetings) {
      want.rankOf = viewer.meetings;
      want.rank = this.#weights.rank(
        want.segment,
        this.#nameOf(viewer.rendition, want.segment),
        viewer.index,
        this.#world.neighbours.peers,
        this.#world.neighbours.first(viewer),
        viewer.peerCount,
      );
    }
    return want.rank;
  }

  #nameOf(rendition: number, segment: number): string {
    const names = this.#names[rendition] as string[];
    names[segment] ??= `rendition-${rendition}/${segment}`;
    return names[segment];
  }

  #transferOf({ transfer, promisedAtMs }: Want, nowMs: number): Transfer | undefined {
    if (!transfer) return undefined;
    const { from, to } = transfer;
    if (from && !this.#world.reputation.isTrusted(to, from)) return undefined;
    const seen = this.#transfer;
    const isMoving = transfer.state === "moving";
    seen.loadedBytes = transfer.loadedBytes(nowMs);
    seen.totalBytes = transfer.bytes;
    seen.lastMovedAtMs = isMoving ? nowMs : seen.loadedBytes > 0 ? transfer.doneAtMs : transfer.askedAtMs;
    const movingMs = nowMs - transfer.startedAtMs;
    seen.bytesPerMs = seen.loadedBytes > 0 && movingMs > 0 ? seen.loadedBytes / movingMs : 0;
    seen.promisedAtMs = promisedAtMs;
    return seen;
  }

  /** What lies furthest behind goes first, when memory is full or nobody asks for it any more. */
  #makeRoom(viewer: Viewer): void {
    const { programme, schedule } = this.#world;
    const keptFrom = programme.isLive
      ? programme.oldest(schedule.nowMs) - Math.ceil(KEEP_BEHIND_WINDOW_S / programme.segmentS)
      : 0;
    const most = this.#mostHeld[viewer.rendition] as number;
    while (viewer.oldestHeld < keptFrom || (viewer.held > most && viewer.oldestHeld < viewer.next)) {
      this.#dropHeld(viewer, viewer.oldestHeld++);
    }
  }

  #dropHeld(viewer: Viewer, segment: number): void {
    const held = this.#world.held[viewer.rendition];
    if (!held?.has(segment, viewer.index)) return;
    held.delete(segment, viewer.index);
    this.#world.shown[viewer.rendition]?.delete(segment, viewer.index);
    if (this.#world.programme.isLive) this.#world.announcements.dropped(viewer, segment);
    viewer.held--;
  }
}

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 8_000;
/** Timers of browsers are not finer. */
const SHORTEST_LOOK_MS = 1;

/** Keeps the order, and makes no list of what was taken out. */
function takeOut(wants: Want[], want: Want): void {
  const last = wants.length - 1;
  for (let place = wants.indexOf(want); place < last; place++) wants[place] = wants[place + 1] as Want;
  wants.pop();
}

function bySegment(a: Want, b: Want): number {
  return a.segment - b.segment;
}

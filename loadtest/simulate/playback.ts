// What hls.js and the media element do: playlists, one request at a time, a buffer that runs full or empty.
import { heldUpMs } from "./uplink-queue.js";
import type { Viewer } from "./viewer.js";
import type { World } from "./world.js";

/** hls.js' `maxBufferLength`. */
const MAX_BUFFER_S = 30;
/** Page, script and media element, as browsers on a quiet machine take it (see calibration.md). */
const PLAYER_MS = 120;
/** Shorter ones are not noticed; as the player's quality meter counts. */
const SHORTEST_STALL_MS = 100;
/** Times and positions are compared to a microsecond. */
const EPSILON_S = 1e-6;

export class Playback {
  readonly #world: World;
  readonly #joins: number;
  readonly #leaves: number;
  readonly #loads: number;
  readonly #begins: number;
  readonly #playlist: number;
  readonly #moved: number;
  readonly #runsDry: number;
  readonly #pauses: number;
  readonly #resumes: number;
  readonly #seeks: number;

  constructor(world: World) {
    this.#world = world;
    const { schedule } = world;
    const of = (run: (viewer: Viewer, second: number) => void) =>
      schedule.on((index, second) => {
        const viewer = world.viewer(index);
        if (viewer.state === "present") run(viewer, second);
      });
    this.#joins = schedule.on((index) => this.#join(world.viewer(index)));
    this.#leaves = of((viewer) => this.#leave(viewer));
    this.#begins = of((viewer) => this.#begin(viewer));
    this.#loads = of((viewer) => this.#load(viewer));
    this.#playlist = of((viewer, waitedMs) => this.#reloadPlaylist(viewer, waitedMs));
    this.#moved = of((viewer) => this.#hasMoved(viewer));
    this.#runsDry = of((viewer) => this.#mayHaveRunDry(viewer));
    this.#pauses = of((viewer) => this.#pause(viewer));
    this.#resumes = of((viewer) => this.#resume(viewer));
    this.#seeks = of((viewer, seek) => this.#seek(viewer, viewer.session.seeks[seek]?.toShare ?? 0));
  }

  /** Puts into the schedule what the viewer will do by itself. */
  expect({ index, session }: Viewer): void {
    const { schedule } = this.#world;
    const { joinS, leaveS, pauses, seeks } = session;
    schedule.at(joinS * 1000, this.#joins, index);
    if (leaveS !== Number.POSITIVE_INFINITY) schedule.at(leaveS * 1000, this.#leaves, index);
    for (const { atS, untilS } of pauses) {
      schedule.at(atS * 1000, this.#pauses, index);
      schedule.at(untilS * 1000, this.#resumes, index);
    }
    for (const [seek, { atS }] of seeks.entries()) schedule.at(atS * 1000, this.#seeks, index, seek);
  }

  /** The segment that the player has asked for. */
  delivered(viewer: Viewer, segment: number): void {
    if (!viewer.isAsking || viewer.next !== segment) return;
    const { schedule, programme, tally, desk, levels } = this.#world;
    const { nowMs } = schedule;
    viewer.isAsking = false;
    viewer.retries = 0;
    const bytes = programme.bytesOf(viewer.rendition, segment);
    viewer.loadedBytes += bytes;
    tally.loaded(bytes);
    levels.loaded(viewer, bytes);
    viewer.bufferedToS = (segment + 1) * programme.segmentS;
    viewer.next = segment + 1;
    if (!viewer.hasBegun) {
      this.#show(viewer);
    } else if (viewer.stalledSinceMs !== undefined) {
      this.#endStall(viewer);
      this.#run(viewer);
    }
    if (programme.isLive) {
      viewer.latencySumS += programme.edgeS(nowMs) - viewer.positionS(nowMs);
      viewer.latencyLooks++;
    }
    desk.downloaded(viewer);
    this.#expectEnd(viewer);
    this.#ask(viewer);
  }

  /** Brings the viewer's figures up to this moment. */
  settle(viewer: Viewer): void {
    const { nowMs } = this.#world.schedule;
    if (viewer.rate > 0) viewer.playedMs += (viewer.positionS(nowMs) - viewer.anchorS) * 1000;
    viewer.anchorS = viewer.positionS(nowMs);
    viewer.anchorMs = nowMs;
    if (viewer.stalledSinceMs !== undefined) this.#endStall(viewer);
  }

  #join(viewer: Viewer): void {
    const { schedule, origin, tally } = this.#world;
    viewer.state = "present";
    viewer.joinedAtMs = schedule.nowMs;
    viewer.peerCountSinceMs = schedule.nowMs;
    tally.came();
    // The master playlist and the rendition's.
    schedule.after(PLAYER_MS + 2 * origin.delayMs(viewer), this.#loads, viewer.index);
  }

  /** Playback begins, after a seek at once. */
  #show(viewer: Viewer): void {
    const { pictureMs } = this.#world.scenario.audience.device;
    if (viewer.startupMs !== undefined || pictureMs === 0) this.#begin(viewer);
    else if (!viewer.isBeginning) {
      viewer.isBeginning = true;
      this.#world.schedule.after(pictureMs, this.#begins, viewer.index);
    }
  }

  #begin(viewer: Viewer): void {
    const { schedule, meeting } = this.#world;
    viewer.hasBegun = true;
    viewer.startupMs ??= schedule.nowMs - viewer.joinedAtMs;
    this.#run(viewer);
    meeting.join(viewer);
  }

  #leave(viewer: Viewer): void {
    const { fetching, meeting, tally } = this.#world;
    this.settle(viewer);
    fetching.giveUp(viewer);
    viewer.state = "gone";
    tally.left();
    meeting.leave(viewer, viewer.session.crashes);
  }

  /** The playlist is there for the first time. */
  #load(viewer: Viewer): void {
    const { schedule, programme, meeting, scenario } = this.#world;
    viewer.known = programme.newest(schedule.nowMs);
    viewer.firstKnown = viewer.known;
    viewer.next = programme.isLive ? Math.max(0, viewer.known + 1 - scenario.stream.latencySegments) : 0;
    viewer.anchorS = viewer.next * programme.segmentS;
    viewer.bufferedToS = viewer.anchorS;
    viewer.anchorMs = schedule.nowMs;
    if (programme.isLive) schedule.after(programme.segmentMs, this.#playlist, viewer.index);
    meeting.prepare(viewer);
    this.#ask(viewer);
  }

  /** @param waitedMs how long the request has waited behind uploads. */
  #reloadPlaylist(viewer: Viewer, waitedMs: number): void {
    const { schedule, programme, origin, fetching } = this.#world;
    const queueMs = Math.round(heldUpMs(viewer, schedule.nowMs));
    if (waitedMs === 0 && queueMs > 0) {
      schedule.after(queueMs, this.#playlist, viewer.index, queueMs);
      return;
    }
    // What the server had half a round trip ago.
    const newest = programme.newest(schedule.nowMs - origin.delayMs(viewer) / 2);
    const isNew = newest > viewer.known;
    // RFC 8216, section 6.3.4: half the target duration where nothing has changed.
    const intervalMs = isNew ? programme.segmentMs : programme.segmentMs / 2;
    schedule.after(Math.max(0, intervalMs - waitedMs), this.#playlist, viewer.index);
    if (!isNew) return;
    viewer.known = newest;
    if (viewer.next < programme.oldest(schedule.nowMs)) this.#returnToEdge(viewer);
    const isReached = fetching.reach(viewer);
    this.#ask(viewer);
    if (isReached) fetching.evaluate(viewer);
    this.#expectMove(viewer);
  }

  /** The playhead has come far enough for something to be fetched. */
  #hasMoved(viewer: Viewer): void {
    viewer.isMoveExpected = false;
    const isReached = this.#world.fetching.reach(viewer);
    this.#ask(viewer);
    if (isReached) this.#world.fetching.evaluate(viewer);
    this.#expectMove(viewer);
  }

  #ask(viewer: Viewer): void {
    if (viewer.isAsking || viewer.next > viewer.known) return;
    const { schedule, held, fetching, levels } = this.#world;
    if (viewer.hasBegun && viewer.bufferedToS - viewer.positionS(schedule.nowMs) >= MAX_BUFFER_S) return;
    levels.choose(viewer);
    viewer.isAsking = true;
    if (held[viewer.rendition]?.has(viewer.next, viewer.index)) this.delivered(viewer, viewer.next);
    else fetching.request(viewer, viewer.next);
  }

  #run(viewer: Viewer): void {
    if (viewer.isPaused) return;
    viewer.rate = 1;
    viewer.anchorMs = this.#world.schedule.nowMs;
    this.#expectEnd(viewer);
    if (this.#world.fetching.reach(viewer)) this.#world.fetching.evaluate(viewer);
    this.#expectMove(viewer);
  }

  #stop(viewer: Viewer): void {
    const { nowMs } = this.#world.schedule;
    const positionS = viewer.positionS(nowMs);
    viewer.playedMs += viewer.rate > 0 ? (positionS - viewer.anchorS) * 1000 : 0;
    viewer.anchorS = positionS;
    viewer.anchorMs = nowMs;
    viewer.rate = 0;
  }

  #expectEnd(viewer: Viewer): void {
    if (viewer.rate === 0 || viewer.stallCheckAtMs !== Number.POSITIVE_INFINITY) return;
    viewer.stallCheckAtMs = viewer.anchorMs + (viewer.bufferedToS - viewer.anchorS) * 1000;
    this.#world.schedule.at(viewer.stallCheckAtMs, this.#runsDry, viewer.index);
  }

  /** When more comes within reach of prefetching, or there is room in the buffer. */
  #expectMove(viewer: Viewer): void {
    const { fetching, schedule } = this.#world;
    if (viewer.rate === 0 || viewer.isMoveExpected) return;
    const positionS = viewer.positionS(schedule.nowMs);
    const byWindowS =
      viewer.usesPeers && viewer.reached < viewer.known
        ? fetching.reachesFromS(viewer) - positionS
        : Number.POSITIVE_INFINITY;
    const byBufferS =
      !viewer.isAsking && viewer.next <= viewer.known
        ? viewer.bufferedToS - MAX_BUFFER_S - positionS
        : Number.POSITIVE_INFINITY;
    const waitS = Math.min(byWindowS, byBufferS);
    if (waitS === Number.POSITIVE_INFINITY) return;
    viewer.isMoveExpected = true;
    schedule.after(Math.max(waitS, 0) * 1000 + 1, this.#moved, viewer.index);
  }

  #mayHaveRunDry(viewer: Viewer): void {
    viewer.stallCheckAtMs = Number.POSITIVE_INFINITY;
    if (viewer.rate === 0) return;
    const { schedule, programme, fetching } = this.#world;
    if (viewer.bufferedToS - viewer.positionS(schedule.nowMs) > EPSILON_S) {
      this.#expectEnd(viewer);
      return;
    }
    this.#stop(viewer);
    if (!programme.isLive && viewer.next >= programme.segments) {
      this.#leave(viewer);
      return;
    }
    viewer.stalledSinceMs = schedule.nowMs;
    fetching.evaluate(viewer);
  }

  #endStall(viewer: Viewer): void {
    const { nowMs } = this.#world.schedule;
    const waitedMs = nowMs - (viewer.stalledSinceMs ?? nowMs);
    viewer.stalledSinceMs = undefined;
    if (waitedMs < SHORTEST_STALL_MS) return;
    viewer.stalls++;
    viewer.stalledMs += waitedMs;
  }

  #pause(viewer: Viewer): void {
    if (!viewer.hasBegun) return;
    if (viewer.stalledSinceMs !== undefined) this.#endStall(viewer);
    this.#stop(viewer);
    viewer.isPaused = true;
  }

  #resume(viewer: Viewer): void {
    if (!viewer.isPaused) return;
    viewer.isPaused = false;
    const { schedule, programme } = this.#world;
    if (programme.isLive && viewer.next < programme.oldest(schedule.nowMs)) this.#returnToEdge(viewer);
    this.#run(viewer);
    this.#ask(viewer);
  }

  #seek(viewer: Viewer, toShare: number): void {
    const { programme } = this.#world;
    this.#jump(viewer, Math.floor(toShare * (programme.segments - 1)));
  }

  /** What playback needs has left the playlist. */
  #returnToEdge(viewer: Viewer): void {
    const { programme, scenario, schedule } = this.#world;
    this.#jump(viewer, Math.max(0, programme.newest(schedule.nowMs) + 1 - scenario.stream.latencySegments));
  }

  #jump(viewer: Viewer, segment: number): void {
    const { programme, fetching } = this.#world;
    if (!viewer.hasBegun) return;
    if (viewer.stalledSinceMs !== undefined) this.#endStall(viewer);
    this.#stop(viewer);
    fetching.giveUp(viewer);
    viewer.isAsking = false;
    viewer.next = segment;
    viewer.reached = segment - 1;
    viewer.firstRequested = segment;
    viewer.anchorS = segment * programme.segmentS;
    viewer.bufferedToS = viewer.anchorS;
    // A seek is no stall: playback goes on with the first segment, whenever that comes.
    viewer.hasBegun = false;
    this.#ask(viewer);
  }
}

// What hls.js does where there are several renditions: it looks before each segment which one to load.
import { resized, UNKNOWN_ORIGIN } from "../../player/policy/origin-time.js";
import { chooseLevel, estimatedKbps, type Level, learnBandwidth } from "./bandwidth.js";
import type { Viewer } from "./viewer.js";
import type { World } from "./world.js";

export class Levels {
  readonly #world: World;
  readonly #levels: readonly [Level, ...Level[]];

  constructor(world: World) {
    this.#world = world;
    const [lowest, ...higher] = world.scenario.stream.renditions
      .map(({ kbps }, rendition) => ({ kbps, rendition }))
      .sort((a, b) => a.kbps - b.kbps);
    if (!lowest) throw new Error("a stream without renditions");
    this.#levels = [lowest, ...higher];
  }

  /** A segment was handed to a player, which is told how long the origin would have taken for it. */
  loaded(viewer: Viewer, bytes: number): void {
    if (viewer.usesPeers && viewer.originBytesPerMs > 0) {
      learnBandwidth(viewer, bytes, bytes / viewer.originBytesPerMs);
    }
  }

  /** All of an answer has come. Plain players measure for themselves. */
  fetched(viewer: Viewer, bytes: number, streamingMs: number): void {
    if (!viewer.usesPeers) learnBandwidth(viewer, bytes, streamingMs);
  }

  /** Before the next segment is asked for. */
  choose(viewer: Viewer): void {
    if (this.#levels.length === 1) return;
    const { programme, schedule, scenario } = this.#world;
    const presentKbps = scenario.stream.renditions[viewer.rendition]?.kbps ?? 0;
    const { rendition } = chooseLevel(
      this.#levels,
      viewer.startupMs === undefined ? 0 : presentKbps,
      estimatedKbps(viewer),
      programme.isLive
        ? undefined
        : { segmentS: programme.segmentS, bufferS: viewer.bufferedToS - viewer.positionS(schedule.nowMs) },
    );
    if (rendition !== viewer.rendition) this.#change(viewer, rendition);
  }

  /** Whoever plays another rendition is in another swarm. Players stay in the old one for a while; here they leave it. */
  #change(viewer: Viewer, rendition: number): void {
    const { fetching, meeting, announcements, programme, links } = this.#world;
    fetching.giveUp(viewer);
    this.#dropAll(viewer);
    meeting.leaveSwarm(viewer);
    announcements.forget(viewer);
    const sizeFactor = programme.meanBytesOf(rendition) / programme.meanBytesOf(viewer.rendition);
    viewer.learnt(resized(viewer.recall({ ...UNKNOWN_ORIGIN }), sizeFactor));
    viewer.rendition = rendition;
    links.chargeUplink(viewer);
    meeting.joinSwarm(viewer);
  }

  /** Of what it holds of the old rendition nobody asks for anything any more. */
  #dropAll(viewer: Viewer): void {
    const held = this.#world.held[viewer.rendition];
    const shown = this.#world.shown[viewer.rendition];
    const last = Math.max(viewer.reached, viewer.next);
    for (let segment = viewer.oldestHeld; segment <= last; segment++) {
      held?.delete(segment, viewer.index);
      shown?.delete(segment, viewer.index);
    }
    viewer.held = 0;
    viewer.oldestHeld = viewer.next;
    viewer.reached = viewer.next - 1;
    // No peer can have shown yet that it has them.
    viewer.firstKnown = viewer.known;
  }
}

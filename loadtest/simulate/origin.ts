import { learnOriginTime, UNKNOWN_ORIGIN } from "../../player/policy/origin-time.js";
import type { Flow } from "./links.js";
import { slowStartRoundTrips } from "./slow-start.js";
import { heldUpMs } from "./uplink-queue.js";
import type { Viewer } from "./viewer.js";
import type { Want } from "./want.js";
import type { World } from "./world.js";

/** A finished fetch. */
export interface Fetched {
  readonly askedAtMs: number;
  readonly startedAtMs: number;
  readonly bytes: number;
  /** What had come to its viewer by the time it was asked for. */
  readonly cameBefore: number;
}

/** The origin, or the CDN's edge: answers every request, as well as its faults allow. */
export class Origin {
  readonly #world: World;
  readonly #firstByte: number;
  readonly #known = { ...UNKNOWN_ORIGIN };
  #isDown = false;
  #firstByteMs: number;
  #capBytesPerMs: number;

  constructor(world: World) {
    this.#world = world;
    const { origin, faults } = world.scenario;
    this.#firstByteMs = origin.firstByteMs;
    this.#capBytesPerMs = origin.responseMbps * 125;
    this.#firstByte = world.schedule.on((index, stamp) => this.#answers(index, stamp));
    const change = world.schedule.on(() => this.#followFaults());
    for (const fault of faults) {
      if (fault.kind !== "origin-down" && fault.kind !== "origin-slow") continue;
      world.schedule.at(fault.fromS * 1000, change, 0);
      world.schedule.at(fault.untilS * 1000, change, 0);
    }
  }

  get capBytesPerMs(): number {
    return this.#capBytesPerMs;
  }

  get totalBytesPerMs(): number {
    return this.#world.scenario.origin.totalMbps * 125;
  }

  /** Its responses are so many that they get less together than they could alone. */
  get isShared(): boolean {
    return this.#world.scenario.origin.totalMbps < UNLIMITED_MBPS;
  }

  /** Round trips and waiting until an answer's first byte. */
  delayMs({ accessRttMs }: Viewer): number {
    return accessRttMs + this.#world.scenario.origin.rttMs + this.#firstByteMs;
  }

  fetch(viewer: Viewer, want: Want): Flow {
    const { links, schedule, programme, scenario } = this.#world;
    const bytes = programme.bytesOf(viewer.rendition, want.segment);
    const rttMs = viewer.accessRttMs + scenario.origin.rttMs;
    const rate = Math.min(viewer.downBytesPerMs, this.#capBytesPerMs);
    const queueMs = heldUpMs(viewer, schedule.nowMs);
    const roundTrips = slowStartRoundTrips(rttMs + queueMs, bytes, rate);
    const flow = links.open(undefined, viewer, want, bytes, this.#capBytesPerMs);
    // The request waits, and so do the receipts by which its answer gathers speed.
    const waitedMs = heldUpMs(viewer, schedule.nowMs, 1 + roundTrips);
    const delayMs = waitedMs + this.delayMs(viewer) + roundTrips * rttMs;
    schedule.after(delayMs, this.#firstByte, flow.index, flow.stamp);
    return flow;
  }

  abort(flow: Flow): void {
    this.#world.tally.originSent(this.#world.links.abort(flow));
  }

  /** All of it has come. */
  delivered(to: Viewer, want: Want, flow: Fetched): void {
    const { tally, schedule, fetching, links, levels } = this.#world;
    tally.originSent(flow.bytes);
    tally.originCopy(to.rendition, want.segment, flow.bytes);
    to.learnt(
      learnOriginTime(to.recall(this.#known), {
        durationMs: schedule.nowMs - flow.askedAtMs,
        firstByteMs: flow.startedAtMs - flow.askedAtMs,
        bytes: flow.bytes,
        sharedBytes: Math.max(0, links.cameTo(to) - flow.bytes - flow.cameBefore),
      }),
    );
    levels.fetched(to, flow.bytes, schedule.nowMs - flow.startedAtMs);
    want.fetch = undefined;
    this.#world.intake.fetchEnded(to);
    fetching.arrived(to, want, true);
  }

  #answers(index: number, stamp: number): void {
    const { links, fetching } = this.#world;
    const flow = links.find(index, stamp);
    if (!flow) return;
    if (!this.#isDown) {
      links.start(flow);
      return;
    }
    const { to, want } = flow;
    links.abort(flow);
    fetching.failed(to, want);
  }

  #followFaults(): void {
    const { scenario, schedule, links } = this.#world;
    const nowS = schedule.nowMs / 1000;
    this.#isDown = false;
    this.#firstByteMs = scenario.origin.firstByteMs;
    let mbps = scenario.origin.responseMbps;
    for (const fault of scenario.faults) {
      if (!("fromS" in fault) || nowS < fault.fromS || nowS >= fault.untilS) continue;
      if (fault.kind === "origin-down") this.#isDown = true;
      if (fault.kind === "origin-slow") {
        this.#firstByteMs = fault.firstByteMs;
        mbps = Math.min(mbps, fault.responseMbps);
      }
    }
    this.#capBytesPerMs = mbps * 125;
    links.reshareOrigin();
  }
}

const UNLIMITED_MBPS = 10_000_000;

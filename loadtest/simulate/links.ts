import { PAYLOAD_SHARE, uplinkForSegments } from "./packets.js";
import { recordsOf } from "./records.js";
import type { Viewer } from "./viewer.js";
import type { Want } from "./want.js";
import type { World } from "./world.js";

const FlowRecord = recordsOf({
  /** Changes when the flow ends or the record is used again. */
  stamp: "number",
  bytes: "number",
  doneBytes: "number",
  doneAtMs: "number",
  rate: "number",
  endsAtMs: "number",
  /** What the path or the server allows. */
  capBytesPerMs: "number",
  startedAtMs: "number",

  askedAtMs: "number",
  /** What had come to its viewer by the time it was asked for. */
  cameBefore: "number",
  /** Uploads of the sender as it began, and whether its uplink was in use just before. */
  activeAtStart: "number",
  wasBusy: "flag",
  /** With so many left, its sender takes it for sent; and whether it does. */
  unseenBytes: "number",
  seemsSent: "flag",
});

/** Bytes on their way to a viewer, from a peer or from the origin. */
export class Flow extends FlowRecord {
  readonly index: number;
  /** `undefined` for the origin. */
  from: Viewer | undefined;
  to: Viewer;
  want: Want;
  state: "asked" | "moving" | "ended" = "asked";
  /** Its sender has no room for it: what comes is a refusal. */
  isInVain = false;

  constructor(memory: Float64Array, index: number, to: Viewer, want: Want) {
    super(memory, index % FLOWS_AT_ONCE);
    this.index = index;
    this.to = to;
    this.want = want;
  }

  loadedBytes(nowMs: number): number {
    if (this.state !== "moving") return this.doneBytes;
    return Math.min(this.bytes, this.doneBytes + (nowMs - this.doneAtMs) * this.rate);
  }
}

/**
 * Links as pipes for fluids: each of a viewer's uploads gets an equal share of its uplink, each of its downloads an
 * equal share of its downlink, and a flow the smaller of its two shares.
 */
export class Links {
  readonly #world: World;
  readonly #flows: Flow[] = [];
  readonly #free: Flow[] = [];
  #memory = Flow.memory(0);
  readonly #ended: number;
  #originFlows = new Set<Flow>();
  #isSharingOrigin = false;
  readonly #shareOrigin: number;
  /** What uplinks let through at once after a pause, by network. */
  readonly #burstBytes: readonly number[];

  constructor(world: World) {
    this.#world = world;
    this.#burstBytes = world.scenario.networks.map(({ upBurstKiB }) => upBurstKiB * 1_024 * PAYLOAD_SHARE);
    for (const viewer of world.viewers) this.chargeUplink(viewer);
    this.#ended = world.schedule.on((index, stamp) => this.#mayHaveEnded(index, stamp));
    this.#shareOrigin = world.schedule.on(() => {
      this.#isSharingOrigin = false;
      for (const flow of this.#originFlows) this.#reshareOne(flow);
    });
  }

  /** A flow that takes up no bandwidth yet. */
  open(from: Viewer | undefined, to: Viewer, want: Want, bytes: number, capBytesPerMs: number): Flow {
    let flow = this.#free.pop();
    if (!flow) {
      const index = this.#flows.length;
      if (index % FLOWS_AT_ONCE === 0) this.#memory = Flow.memory(FLOWS_AT_ONCE);
      flow = new Flow(this.#memory, index, to, want);
      this.#flows.push(flow);
    }
    flow.from = from;
    flow.to = to;
    flow.want = want;
    flow.bytes = bytes;
    flow.capBytesPerMs = capBytesPerMs;
    flow.state = "asked";
    flow.isInVain = false;
    flow.unseenBytes = 0;
    flow.seemsSent = false;
    flow.askedAtMs = this.#world.schedule.nowMs;
    flow.rate = 0;
    flow.doneBytes = 0;
    flow.cameBefore = from ? 0 : this.cameTo(to);
    flow.endsAtMs = Number.POSITIVE_INFINITY;
    return flow;
  }

  /** The flow of this record, unless that was used for another one since. */
  find(index: number, stamp: number): Flow | undefined {
    const flow = this.#flows[index];
    return flow && flow.stamp === stamp ? flow : undefined;
  }

  /** Bytes that have come to a viewer so far, from wherever. */
  cameTo({ cameBytes, downloads }: Viewer): number {
    const { nowMs } = this.#world.schedule;
    let bytes = cameBytes;
    for (const flow of downloads) bytes += flow.loadedBytes(nowMs);
    return bytes;
  }

  start(flow: Flow): void {
    const { nowMs } = this.#world.schedule;
    flow.state = "moving";
    flow.startedAtMs = nowMs;
    flow.doneAtMs = nowMs;
    flow.to.downloads.push(flow);
    if (flow.from) {
      flow.doneBytes = this.#burstOf(flow.from, flow.bytes);
      flow.from.uploads.push(flow);
    } else this.#originFlows.add(flow);
    this.#reshare(flow);
  }

  /** A pause of the uplink saves up what its next upload may send at once. */
  #burstOf({ network, uploads, upBytesPerMs, uplinkFreedAtMs }: Viewer, bytes: number): number {
    if (uploads.length > 0) return 0;
    const savedBytes = (this.#world.schedule.nowMs - uplinkFreedAtMs) * upBytesPerMs;
    return Math.min(this.#burstBytes[network] as number, savedBytes, bytes);
  }

  /** It ends before all has come, or was never started. @returns bytes that had come. */
  abort(flow: Flow): number {
    const loaded = flow.loadedBytes(this.#world.schedule.nowMs);
    this.#close(flow);
    return loaded;
  }

  /** Nothing more comes, and nobody says so. */
  freeze(flow: Flow): void {
    const { nowMs } = this.#world.schedule;
    flow.doneBytes = flow.loadedBytes(nowMs);
    flow.doneAtMs = nowMs;
    flow.rate = 0;
    flow.endsAtMs = Number.POSITIVE_INFINITY;
    if (flow.from) remove(flow.from.uploads, flow);
    remove(flow.to.downloads, flow);
    flow.state = "asked";
    this.#reshareAll(flow.to.downloads);
  }

  /** What the viewer's uplink has to carry besides uploads has changed, with its peers or its rendition. */
  chargeUplink(viewer: Viewer): void {
    const { programme } = this.#world;
    viewer.upBytesPerMs = uplinkForSegments(
      viewer.traits.upMbps * 125,
      programme.meanBytesOf(viewer.rendition) / programme.segmentMs,
      viewer.peerCount,
    );
    this.#reshareAll(viewer.uploads);
  }

  /** The server's allowances have changed. */
  reshareOrigin(): void {
    for (const flow of this.#originFlows) {
      flow.capBytesPerMs = this.#world.origin.capBytesPerMs;
      this.#reshareOne(flow);
    }
  }

  #close(flow: Flow): void {
    const wasMoving = flow.state === "moving";
    flow.to.cameBytes += flow.loadedBytes(this.#world.schedule.nowMs);
    flow.state = "ended";
    flow.stamp++;
    if (wasMoving) {
      remove(flow.to.downloads, flow);
      if (flow.from) remove(flow.from.uploads, flow);
      else this.#originFlows.delete(flow);
      this.#reshare(flow);
    }
    this.#free.push(flow);
  }

  #reshare(flow: Flow): void {
    this.#reshareAll(flow.to.downloads);
    if (flow.from) this.#reshareAll(flow.from.uploads);
    else if (!this.#isSharingOrigin && this.#world.origin.isShared) {
      // Not for each flow that comes or goes: a crowded server has thousands of them.
      this.#isSharingOrigin = true;
      this.#world.schedule.after(ORIGIN_SHARING_MS, this.#shareOrigin, 0);
    }
  }

  #reshareAll(flows: readonly Flow[]): void {
    for (const flow of flows) this.#reshareOne(flow);
  }

  #reshareOne(flow: Flow): void {
    if (flow.state !== "moving") return;
    const rate = this.#shareOf(flow);
    if (Math.abs(rate - flow.rate) < flow.rate * 1e-3) return;
    const { nowMs } = this.#world.schedule;
    flow.doneBytes = flow.loadedBytes(nowMs);
    flow.doneAtMs = nowMs;
    flow.rate = rate;
    this.#schedule(flow, nowMs);
  }

  #shareOf({ from, to, capBytesPerMs }: Flow): number {
    const down = to.downBytesPerMs / to.downloads.length;
    const up = from
      ? from.upBytesPerMs / from.uploads.length
      : this.#world.origin.totalBytesPerMs / this.#originFlows.size;
    return Math.min(up, down, capBytesPerMs);
  }

  #schedule(flow: Flow, nowMs: number): void {
    const endsAtMs = nowMs + Math.max(0, this.#untilNext(flow) - flow.doneBytes) / flow.rate;
    // One that comes too early looks again; only an earlier end needs another event.
    if (endsAtMs >= flow.endsAtMs) return;
    flow.endsAtMs = endsAtMs;
    this.#world.schedule.at(endsAtMs, this.#ended, flow.index, flow.stamp);
  }

  /** Bytes with which something happens to it: its sender takes it for sent, or it has arrived. */
  #untilNext({ bytes, unseenBytes, seemsSent }: Flow): number {
    return seemsSent ? bytes : bytes - unseenBytes;
  }

  #mayHaveEnded(index: number, stamp: number): void {
    const flow = this.find(index, stamp);
    if (flow?.state !== "moving") return;
    const { nowMs } = this.#world.schedule;
    const left = this.#untilNext(flow) - flow.loadedBytes(nowMs);
    if (left > SMALLEST_REST_BYTES) {
      if (nowMs < flow.endsAtMs) return;
      flow.endsAtMs = Number.POSITIVE_INFINITY;
      this.#schedule(flow, nowMs);
      return;
    }
    const { exchange, origin, desk } = this.#world;
    if (flow.from && flow.unseenBytes > 0 && !flow.seemsSent) {
      flow.seemsSent = true;
      flow.endsAtMs = Number.POSITIVE_INFINITY;
      flow.doneBytes = flow.loadedBytes(nowMs);
      flow.doneAtMs = nowMs;
      this.#schedule(flow, nowMs);
      desk.seemsSent(flow.from, flow);
      return;
    }
    const { from, to, want, bytes, askedAtMs, startedAtMs, activeAtStart, wasBusy, seemsSent, cameBefore } =
      flow;
    this.#close(flow);
    if (from)
      exchange.delivered(from, to, want, {
        askedAtMs,
        startedAtMs,
        bytes,
        activeAtStart,
        wasBusy,
        seemsSent,
      });
    else origin.delivered(to, want, { askedAtMs, startedAtMs, bytes, cameBefore });
  }
}

/** Records that share a piece of memory. */
const FLOWS_AT_ONCE = 4_096;
const ORIGIN_SHARING_MS = 50;
const SMALLEST_REST_BYTES = 0.5;

/** Order does not matter, so the last one takes the place. */
export function remove<Item>(items: Item[], item: Item): void {
  const place = items.indexOf(item);
  if (place < 0) return;
  const last = items.pop() as Item;
  if (place < items.length) items[place] = last;
}

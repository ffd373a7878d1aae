// What p2p-media-loader does between two peers: one segment at a time from each, "absent" for those who have to wait,
// whole segments only.
import { TRANSFER_SILENCE_MS } from "../../player/pml/transfer-limits.js";
import { type Flow, remove } from "./links.js";
import type { Upload } from "./own-uplink.js";
import { Paths } from "./paths.js";
import { PeerChoice } from "./peer-choice.js";
import { heldUpMs } from "./uplink-queue.js";
import type { Viewer } from "./viewer.js";
import type { Want } from "./want.js";
import type { World } from "./world.js";

/** A finished upload. */
export interface Delivered extends Upload {
  readonly askedAtMs: number;
}

export class Exchange {
  readonly paths: Paths;
  readonly #world: World;
  readonly #choice: PeerChoice;
  /** See `audience.device`: each of these waits for its turn in a page. */
  readonly #answerMs: number;
  readonly #asked: number;
  readonly #refused: number;
  readonly #silent: number;

  constructor(world: World) {
    this.#world = world;
    this.paths = new Paths(world.scenario);
    this.#choice = new PeerChoice(world);
    this.#answerMs = world.scenario.audience.device.answerMs;
    const { schedule } = world;
    this.#asked = schedule.on((flow, stamp) => this.#isAsked(flow, stamp));
    this.#refused = schedule.on((flow, stamp) => this.#isRefused(flow, stamp));
    this.#silent = schedule.on((flow, stamp) => {
      const found = world.links.find(flow, stamp);
      if (found) this.#hasFallenSilent(found);
    });
  }

  /** See {@link PeerChoice.asksInVain}. */
  get asksInVain(): boolean {
    return this.#choice.asksInVain;
  }

  /** Asks peers for all segments that are not on their way from one. */
  pull(viewer: Viewer): void {
    if (viewer.peerCount === 0) return;
    for (const want of viewer.wants) {
      if (want.transfer || !this.#choice.hasRoom(viewer)) continue;
      const from = this.#choice.choose(viewer, want);
      if (from) this.#request(viewer, want, from);
    }
    this.#world.announcements.recount(viewer);
  }

  /** A new peer shows what it has. */
  met(viewer: Viewer, peer: Viewer): void {
    if (this.#world.announcements.mayServe(viewer.index, peer.index)) this.offer(viewer, peer);
  }

  /** `peer` has something to give; one segment at a time. */
  offer(viewer: Viewer, peer: Viewer): void {
    if (!this.#choice.hasRoom(viewer) || this.#choice.isBusy(viewer, peer.index)) return;
    const { announcements, desk, intake, reputation } = this.#world;
    const isTrusted = reputation.isTrusted(viewer, peer);
    const shown = this.#world.shown[viewer.rendition];
    let hasSeen = false;
    for (const want of viewer.wants) {
      if (want.transfer || !shown?.has(want.segment, peer.index)) continue;
      if (want.refusedBy?.has(peer.index)) continue;
      hasSeen ||= isTrusted && !want.isOffered;
      want.isOffered ||= isTrusted;
      if (!this.asksInVain && !desk.admits(peer, want.segment)) {
        desk.refuse(peer, want.segment);
        continue;
      }
      if (!intake.wants(viewer, want)) continue;
      this.#request(viewer, want, peer);
      announcements.recount(viewer);
      return;
    }
    if (hasSeen) announcements.recount(viewer);
  }

  /** The segment has come from elsewhere. */
  cancel(want: Want): void {
    const flow = want.transfer;
    if (!flow) return;
    const { from, to } = flow;
    const sentBytes = flow.state === "moving" ? flow.loadedBytes(this.#world.schedule.nowMs) : undefined;
    const { startedAtMs, bytes, activeAtStart, wasBusy, seemsSent } = flow;
    this.#drop(flow);
    if (from && sentBytes !== undefined && !seemsSent) {
      this.#world.desk.brokenOff(from, { startedAtMs, bytes, activeAtStart, wasBusy, seemsSent }, sentBytes);
    }
    this.#world.announcements.recount(to);
  }

  /** The connection is gone. */
  closed(viewer: Viewer, peer: Viewer): void {
    for (const want of viewer.wants) {
      if (want.isOffered) want.isOffered = this.#choice.isShown(viewer, want);
      if (want.transfer?.from === peer) this.#end(want.transfer);
    }
    this.#world.announcements.recount(viewer);
  }

  /** What one of the peers has is not counted on any more. */
  distrusted(viewer: Viewer): void {
    for (const want of viewer.wants) {
      if (want.isOffered) want.isOffered = this.#choice.isShown(viewer, want);
    }
    this.#world.announcements.recount(viewer);
    this.#world.fetching.evaluate(viewer);
  }

  /** The viewer vanishes: what it sends stops in the middle. */
  vanished(viewer: Viewer): void {
    const { links, schedule } = this.#world;
    for (const flow of [...viewer.uploads]) {
      links.freeze(flow);
      schedule.after(TRANSFER_SILENCE_MS, this.#silent, flow.index, flow.stamp);
    }
  }

  /** All of a segment has left `from` and come to `to`. */
  delivered(from: Viewer, to: Viewer, want: Want, upload: Delivered): void {
    const { schedule, tally, fetching, meeting, desk, announcements, reputation } = this.#world;
    const { nowMs } = schedule;
    desk.sent(from, upload);

    this.#forget(to, want);
    const rate = upload.bytes / Math.max(1, nowMs - upload.askedAtMs);
    to.peersBytesPerMs =
      to.peersBytesPerMs === 0 ? rate : to.peersBytesPerMs + (rate - to.peersBytesPerMs) / 4;
    meeting.rated(to, from, upload.bytes / Math.max(1, nowMs - upload.startedAtMs));
    if (from.pollutes) {
      tally.discarded(upload.bytes);
      reputation.failed(to, from, "wrong");
      this.pull(to);
      fetching.evaluate(to);
      return;
    }
    reputation.delivered(to, from);
    tally.fromPeer(upload.bytes, this.paths.nearness(from, to));
    to.fromPeers += upload.bytes;
    fetching.arrived(to, want, false);
    // This peer may have another one.
    if (announcements.mayServe(to.index, from.index)) this.offer(to, from);
  }

  /** Room for one more upload is kept until the request is there. */
  #request(to: Viewer, want: Want, from: Viewer): void {
    const { links, schedule, programme, desk } = this.#world;
    const isRefused = this.asksInVain && !desk.admits(from, want.segment);
    const bytes = programme.bytesOf(to.rendition, want.segment);
    const flow = links.open(from, to, want, bytes, this.paths.bytesPerMs(from, to));
    want.transfer = flow;
    want.promisedAtMs = undefined;
    to.transfers.push(flow);
    // The way there and the way back in one: what is admitted begins to arrive at once.
    const delayMs = heldUpMs(to, schedule.nowMs) + this.paths.rttMs(from, to) + this.#answerMs;
    if (isRefused) {
      desk.refuse(from, want.segment);
      flow.isInVain = true;
      want.refusedBy ??= new Set();
      want.refusedBy.add(from.index);
      // The refusal waits behind what its sender uploads to others.
      schedule.after(delayMs + heldUpMs(from, schedule.nowMs), this.#refused, flow.index, flow.stamp);
    } else {
      desk.promise(from);
      schedule.after(delayMs, this.#asked, flow.index, flow.stamp);
    }
  }

  #isRefused(index: number, stamp: number): void {
    const { links, schedule } = this.#world;
    const flow = links.find(index, stamp);
    if (!flow) return;
    if (flow.from?.state === "gone") schedule.after(TRANSFER_SILENCE_MS, this.#silent, index, stamp);
    else this.#end(flow);
  }

  #isAsked(index: number, stamp: number): void {
    const { links, schedule } = this.#world;
    const flow = links.find(index, stamp);
    const from = flow?.from;
    if (!flow || !from) return;
    if (from.state === "gone") {
      schedule.after(TRANSFER_SILENCE_MS, this.#silent, index, stamp);
      return;
    }
    from.promised--;
    this.#world.desk.begins(from, flow);
    links.start(flow);
  }

  #hasFallenSilent(flow: Flow): void {
    const { from, to } = flow;
    this.#end(flow);
    if (from) this.#world.reputation.failed(to, from, "silent");
  }

  /** Nothing more comes of it: another peer is asked, and `from` for another segment. */
  #end(flow: Flow): void {
    const { from, to, want } = flow;
    const { announcements, fetching } = this.#world;
    const { isInVain } = flow;
    this.#drop(flow);
    if (isInVain) {
      // Whoever is free now is asked for what it has, whichever segment that is.
      this.pull(to);
      if (!want.transfer) fetching.evaluate(to);
      return;
    }
    const another = this.#choice.choose(to, want);
    if (another) this.#request(to, want, another);
    announcements.recount(to);
    if (from && announcements.mayServe(to.index, from.index)) this.offer(to, from);
    if (!want.transfer) fetching.evaluate(to);
  }

  #drop(flow: Flow): void {
    const { links, tally, desk } = this.#world;
    const { from, to, want } = flow;
    const { isInVain } = flow;
    const wasPromised = !isInVain && flow.state === "asked" && from?.state === "present";
    this.#forget(to, want);
    const lost = links.abort(flow);
    tally.discarded(lost);
    if (from) from.uploaded += lost;
    if (from && wasPromised) from.promised--;
    if (from && !isInVain) desk.changed(from);
  }

  #forget(to: Viewer, want: Want): void {
    if (want.transfer) remove(to.transfers, want.transfer);
    want.transfer = undefined;
    want.promisedAtMs = undefined;
  }
}

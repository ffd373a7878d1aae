// What p2p-media-loader does between two peers, and the player's upload desk at the sender: announcements, one
// segment at a time from each peer, "absent" for those who have to wait, whole segments only.
import { BUSY_WITHIN_MS, CHANNEL_BUFFER_BYTES, SILENT_UPLOAD_MS } from "../../player/delivery/upload-desk.js";
import { SIMULTANEOUS_TRANSFERS, TRANSFER_SILENCE_MS } from "../../player/pml/transfer-limits.js";
import { admitUpload, learnUplink } from "../../player/policy/upload-admission.js";
import { DEFAULT_UPLOAD_BUDGET, fitsBudget, type UploadBudget } from "../../player/policy/upload-budget.js";
import { isIn } from "./holdings.js";
import { type Flow, remove } from "./links.js";
import { Paths } from "./paths.js";
import type { Viewer } from "./viewer.js";
import type { Want } from "./want.js";
import type { World } from "./world.js";

/** A finished upload. */
export interface Delivered {
  readonly askedAtMs: number;
  readonly startedAtMs: number;
  readonly bytes: number;
  readonly activeAtStart: number;
  readonly wasBusy: boolean;
}

export class Exchange {
  readonly paths: Paths;
  readonly #world: World;
  /**
   * Which segments each viewer waits for without a transfer, and which ones it has announced, by its index: a bit for
   * all segments whose numbers are equal modulo 32. Most announcements concern nobody, and these tell at once.
   */
  readonly #waiting: Int32Array;
  /** Of those it waits for, the ones that it has not seen at a peer. */
  readonly #unseen: Int32Array;
  readonly #offered: Int32Array;
  /** Whose uplinks take no further upload now, by index: the player's upload admission, asked when something changes. */
  readonly #isFull: Uint8Array;
  readonly #budget: UploadBudget;
  readonly #candidates: number[] = [];
  readonly #announced: number;
  readonly #asked: number;
  readonly #silent: number;
  readonly #ghostGone: number;

  constructor(world: World) {
    this.#world = world;
    this.paths = new Paths(world.scenario);
    this.#waiting = new Int32Array(world.viewers.length);
    this.#unseen = new Int32Array(world.viewers.length);
    this.#offered = new Int32Array(world.viewers.length);
    this.#isFull = new Uint8Array(world.viewers.length);
    this.#budget = { ...DEFAULT_UPLOAD_BUDGET, ratio: world.scenario.policies.uploadRatio };
    const { schedule } = world;
    this.#announced = schedule.on((viewer) => this.#announcementHeard(world.viewer(viewer)));
    this.#asked = schedule.on((flow, stamp) => this.#isAsked(flow, stamp));
    this.#silent = schedule.on((flow, stamp) => {
      const found = world.links.find(flow, stamp);
      if (found) this.#end(found);
    });
    this.#ghostGone = schedule.on((viewer) => {
      const from = world.viewer(viewer);
      from.ghosts--;
      this.uplinkChanged(from);
    });
  }

  /** Tells the peers what this viewer holds now. */
  announce(viewer: Viewer): void {
    if (viewer.isAnnouncing || !viewer.announces) return;
    viewer.isAnnouncing = true;
    // One event for all peers: with the delay to those that are near, who matter most.
    this.#world.schedule.after(viewer.accessRttMs + NEAR_ONE_WAY_MS, this.#announced, viewer.index);
  }

  /** Asks peers for all segments that are not on their way from one. */
  pull(viewer: Viewer): void {
    if (viewer.peerCount === 0) return;
    for (const want of viewer.wants) {
      if (want.transfer || !this.#hasRoom(viewer)) continue;
      const from = this.#choose(viewer, want);
      if (from) this.#ask(viewer, want, from);
    }
    this.recount(viewer);
  }

  /** A new peer shows what it has. */
  met(viewer: Viewer, peer: Viewer): void {
    if (this.#mayServe(viewer.index, peer.index)) this.#offer(viewer, peer);
  }

  /** To be called when what a viewer waits for has changed. */
  recount({ index, wants }: Viewer): void {
    let waiting = 0;
    let unseen = 0;
    for (const { transfer, segment, isOffered } of wants) {
      if (transfer) continue;
      const bit = 1 << (segment & 31);
      waiting |= bit;
      if (!isOffered) unseen |= bit;
    }
    this.#waiting[index] = waiting;
    this.#unseen[index] = unseen;
  }

  /** A segment is held no more. Only where none of the same bit can be held: in a live window. */
  dropped({ index }: Viewer, segment: number): void {
    this.#offered[index] = (this.#offered[index] as number) & ~(1 << (segment & 31));
  }

  /** The segment has come from elsewhere. */
  cancel(want: Want): void {
    const flow = want.transfer;
    if (!flow) return;
    const { from, to } = flow;
    if (from && flow.state === "moving") {
      // Its sender is not told that the slot is free; see the upload desk.
      from.ghosts++;
      this.#world.schedule.after(SILENT_UPLOAD_MS, this.#ghostGone, from.index);
    }
    this.#drop(flow);
    this.recount(to);
  }

  /** The connection is gone. */
  closed(viewer: Viewer, peer: Viewer): void {
    for (const want of viewer.wants) {
      if (want.isOffered) want.isOffered = this.#isShown(viewer, want);
      if (want.transfer?.from === peer) this.#end(want.transfer);
    }
    this.recount(viewer);
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
    const { schedule, tally, fetching, meeting } = this.#world;
    const { nowMs } = schedule;
    this.#learnUplink(from, upload, nowMs);
    from.uploaded += upload.bytes;
    from.uplinkFreedAtMs = nowMs;
    tally.uploaded(upload.bytes);
    this.uplinkChanged(from);

    this.#forget(to, want);
    const rate = upload.bytes / Math.max(1, nowMs - upload.askedAtMs);
    to.peersBytesPerMs =
      to.peersBytesPerMs === 0 ? rate : to.peersBytesPerMs + (rate - to.peersBytesPerMs) / 4;
    meeting.rated(to, from, upload.bytes / Math.max(1, nowMs - upload.startedAtMs));
    if (from.traits.conduct === "polluter") {
      tally.discarded(upload.bytes);
      meeting.disconnect(from, to);
      this.pull(to);
      fetching.evaluate(to);
      return;
    }
    tally.fromPeer(upload.bytes, this.paths.nearness(from, to));
    to.fromPeers += upload.bytes;
    fetching.arrived(to, want, false);
    // This peer may have another one.
    if (this.#mayServe(to.index, from.index)) this.#offer(to, from);
  }

  #mayServe(viewer: number, peer: number): boolean {
    return ((this.#waiting[viewer] as number) & (this.#offered[peer] as number)) !== 0;
  }

  #announcementHeard(viewer: Viewer): void {
    viewer.isAnnouncing = false;
    if (viewer.state !== "present") return;
    const shown = this.#world.shown[viewer.rendition];
    let offered = this.#offered[viewer.index] as number;
    for (const segment of viewer.fresh) {
      shown?.add(segment, viewer.index);
      offered |= 1 << (segment & 31);
    }
    viewer.fresh.length = 0;
    this.#offered[viewer.index] = offered;
    const waiting = this.#waiting;
    const unseen = this.#unseen;
    const isFull = this.#isFull;
    const { peerCount } = viewer;
    const { peers } = this.#world.neighbours;
    const row = this.#world.neighbours.first(viewer);
    // Whoever is nearest is the first to ask; who that is differs from time to time.
    const first = Math.floor(this.#world.random() * peerCount);
    for (let count = 0; count < peerCount; count++) {
      const place = first + count < peerCount ? first + count : first + count - peerCount;
      const peer = peers[row + place] as number;
      const wanted = (waiting[peer] as number) & offered;
      if (wanted === 0) continue;
      // Most know that it is there, and that it is full.
      if (isFull[viewer.index] && ((unseen[peer] as number) & offered) === 0) viewer.hasRefused = true;
      else this.#offer(this.#world.viewer(peer), viewer);
    }
  }

  /** `peer` has something to give; one segment at a time. */
  #offer(viewer: Viewer, peer: Viewer): void {
    if (!this.#hasRoom(viewer) || this.#isBusy(viewer, peer.index)) return;
    const shown = this.#world.shown[viewer.rendition];
    let hasSeen = false;
    for (const want of viewer.wants) {
      if (want.transfer || !shown?.has(want.segment, peer.index)) continue;
      hasSeen ||= !want.isOffered;
      want.isOffered = true;
      if (this.#isFull[peer.index]) {
        peer.hasRefused = true;
        continue;
      }
      if (!this.#world.intake.wants(viewer, want)) continue;
      this.#ask(viewer, want, peer);
      this.recount(viewer);
      return;
    }
    if (hasSeen) this.recount(viewer);
  }

  /**
   * One of the peers that have it and room for another upload; those that were fast lately more likely, as
   * p2p-media-loader chooses. It would ask the full ones, too, in between, and be answered "absent" a round trip later.
   */
  #choose(viewer: Viewer, want: Want): Viewer | undefined {
    const row = this.#world.shown[viewer.rendition]?.row(want.segment);
    if (!row) return undefined;
    const { peers, rates } = this.#world.neighbours;
    const first = this.#world.neighbours.first(viewer);
    const end = first + viewer.peerCount;
    const candidates = this.#candidates;
    candidates.length = 0;
    let fastest = 0;
    for (let place = first; place < end; place++) {
      const peer = peers[place] as number;
      if (!isIn(row, peer) || this.#isBusy(viewer, peer)) continue;
      want.isOffered = true;
      if (this.#isFull[peer]) {
        this.#world.viewer(peer).hasRefused = true;
        continue;
      }
      candidates.push(place);
      fastest = Math.max(fastest, rates[place] as number);
    }
    if (candidates.length === 0 || !this.#world.intake.wants(viewer, want)) return undefined;
    const least = fastest === 0 ? 1 : fastest / 10;
    let left = 0;
    for (const place of candidates) left += Math.max(rates[place] as number, least);
    left *= this.#world.random();
    for (const place of candidates) {
      left -= Math.max(rates[place] as number, least);
      if (left < 0) return this.#world.viewer(peers[place] as number);
    }
    return this.#world.viewer(peers[candidates[0] as number] as number);
  }

  #isShown(viewer: Viewer, { segment }: Want): boolean {
    const row = this.#world.shown[viewer.rendition]?.row(segment);
    if (!row) return false;
    const { peers } = this.#world.neighbours;
    const first = this.#world.neighbours.first(viewer);
    const end = first + viewer.peerCount;
    for (let place = first; place < end; place++) if (isIn(row, peers[place] as number)) return true;
    return false;
  }

  #hasRoom({ transfers, intakeLimit }: Viewer): boolean {
    return transfers.length < Math.min(SIMULTANEOUS_TRANSFERS, intakeLimit);
  }

  #isBusy({ transfers }: Viewer, peer: number): boolean {
    for (const { from } of transfers) if (from?.index === peer) return true;
    return false;
  }

  /** `from` has room for one more upload; it is kept until the request is there. */
  #ask(to: Viewer, want: Want, from: Viewer): void {
    const { links, schedule, programme } = this.#world;
    const bytes = programme.bytesOf(to.rendition);
    const flow = links.open(from, to, want, bytes, this.paths.bytesPerMs(from, to));
    want.transfer = flow;
    want.promisedAtMs = undefined;
    to.transfers.push(flow);
    from.promised++;
    this.uplinkChanged(from);
    // The way there and the way back in one: what is admitted begins to arrive at once.
    const rttMs = this.paths.rttMs(from, to);
    schedule.after(rttMs, this.#asked, flow.index, flow.stamp);
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
    flow.activeAtStart = from.uploads.length;
    flow.wasBusy = from.uploads.length > 0 || schedule.nowMs - from.uplinkFreedAtMs < BUSY_WITHIN_MS;
    links.start(flow);
  }

  /** Nothing more comes of it: another peer is asked, and `from` for another segment. */
  #end(flow: Flow): void {
    const { from, to, want } = flow;
    this.#drop(flow);
    const another = this.#choose(to, want);
    if (another) this.#ask(to, want, another);
    this.recount(to);
    if (from && this.#mayServe(to.index, from.index)) this.#offer(to, from);
    if (!want.transfer) this.#world.fetching.evaluate(to);
  }

  #drop(flow: Flow): void {
    const { from, to, want } = flow;
    const wasPromised = flow.state === "asked" && from?.state === "present";
    this.#forget(to, want);
    const lost = this.#world.links.abort(flow);
    this.#world.tally.discarded(lost);
    if (from) from.uploaded += lost;
    if (from && wasPromised) from.promised--;
    if (from) this.uplinkChanged(from);
  }

  #forget(to: Viewer, want: Want): void {
    if (want.transfer) remove(to.transfers, want.transfer);
    want.transfer = undefined;
    want.promisedAtMs = undefined;
  }

  /** The uplink has one upload more or less, or is known better. Whoever was refused hears of it when there is room. */
  uplinkChanged(from: Viewer): void {
    const active = from.uploads.length + from.ghosts + from.promised;
    const bytesPerMs = from.uplinkBytesPerMs || from.peersBytesPerMs;
    const { programme, schedule } = this.#world;
    const bytes = programme.bytesOf(from.rendition);
    const bufferMs = (from.bufferedToS - from.positionS(schedule.nowMs)) * 1000;
    const hasRoom =
      admitUpload(
        { active, bytesPerMs, isMeasured: from.uplinkBytesPerMs > 0 },
        bytes,
        programme.segmentMs,
        bufferMs,
      ) &&
      !this.#world.intake.isPressed(from) &&
      this.#fitsBudget(from, active, bytes);
    this.#isFull[from.index] = hasRoom ? 0 : 1;
    if (!hasRoom || !from.hasRefused || from.state !== "present") return;
    from.hasRefused = false;
    this.announce(from);
  }

  /** A viewer that has more may give more. */
  downloaded(viewer: Viewer): void {
    if (this.#isFull[viewer.index]) this.uplinkChanged(viewer);
  }

  #fitsBudget(from: Viewer, active: number, bytes: number): boolean {
    const { links, schedule } = this.#world;
    return fitsBudget(
      {
        sentBytes: from.uploaded,
        promisedBytes: (from.uploads.length + from.promised) * bytes,
        downloadedBytes: links.cameTo(from),
        active,
        paidUntilMs: 0,
      },
      this.#budget,
      bytes,
      schedule.nowMs,
    );
  }

  /** As the upload desk does it when all is handed over to the data channel. */
  #learnUplink(from: Viewer, upload: Delivered, nowMs: number): void {
    const written = upload.bytes - CHANNEL_BUFFER_BYTES;
    if (written <= 0) return;
    from.uplinkBytesPerMs = learnUplink(from.uplinkBytesPerMs, {
      bytes: (written * (upload.activeAtStart + 2 + from.uploads.length)) / 2,
      elapsedMs: ((nowMs - upload.startedAtMs) * written) / upload.bytes,
      wasBusy: upload.wasBusy,
    });
  }
}

const NEAR_ONE_WAY_MS = 2;

// What viewers tell their peers: what they hold, and that they have room for another upload.
import { heldUpMs } from "./uplink-queue.js";
import type { Viewer } from "./viewer.js";
import type { World } from "./world.js";

/** Between neighbours, without their access networks. */
const NEAR_ONE_WAY_MS = 2;

/** Peers play at most so many segments behind a viewer, and wait for none that lies more than 31 after that. */
const MOST_BEHIND = 8;

export class Announcements {
  readonly #world: World;
  /**
   * Which segments each viewer waits for without a transfer, and which ones it has announced, by its index: a bit for
   * all segments whose numbers are equal modulo 32. Most announcements concern nobody, and these tell at once.
   */
  readonly #waiting: Int32Array;
  /** Of those it waits for, the ones that it has not seen at a peer. */
  readonly #unseen: Int32Array;
  readonly #offered: Int32Array;
  readonly #announced: number;

  constructor(world: World) {
    this.#world = world;
    this.#waiting = new Int32Array(world.viewers.length);
    this.#unseen = new Int32Array(world.viewers.length);
    this.#offered = new Int32Array(world.viewers.length);
    this.#announced = world.schedule.on((viewer) => this.#heard(world.viewer(viewer)));
  }

  /** Tells the peers what this viewer holds now. */
  announce(viewer: Viewer): void {
    if (viewer.isAnnouncing || !viewer.announces) return;
    viewer.isAnnouncing = true;
    const { schedule } = this.#world;
    // One event for all peers: with the delay to those that are near, who matter most.
    const delayMs = heldUpMs(viewer, schedule.nowMs) + viewer.accessRttMs + NEAR_ONE_WAY_MS;
    schedule.after(delayMs, this.#announced, viewer.index);
  }

  /** Whether `peer` may have announced something that the viewer waits for. */
  mayServe(viewer: number, peer: number): boolean {
    return ((this.#waiting[viewer] as number) & (this.#offered[peer] as number)) !== 0;
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

  /** The viewer holds nothing any more, waits for nothing, and its peers have gone. */
  forget(viewer: Viewer): void {
    viewer.fresh.length = 0;
    this.#offered[viewer.index] = 0;
    this.recount(viewer);
  }

  #heard(viewer: Viewer): void {
    viewer.isAnnouncing = false;
    if (viewer.state !== "present") return;
    const { neighbours, exchange, desk, schedule, programme } = this.#world;
    const shown = this.#world.shown[viewer.rendition];
    let offered = this.#offered[viewer.index] as number;
    for (const segment of viewer.fresh) {
      shown?.add(segment, viewer.index);
      offered |= 1 << (segment & 31);
    }
    // A list that is made empty at once gives up its memory, and needs new one for the next.
    while (viewer.fresh.length > 0) viewer.fresh.pop();
    this.#offered[viewer.index] = offered;
    const waiting = this.#waiting;
    const unseen = this.#unseen;
    const { peerCount } = viewer;
    const { peers } = neighbours;
    const row = neighbours.first(viewer);
    const earliest = Math.floor(viewer.positionS(schedule.nowMs) / programme.segmentS) - MOST_BEHIND;
    // Whoever is nearest is the first to ask; who that is differs from time to time.
    const first = Math.floor(this.#world.random() * peerCount);
    for (let count = 0; count < peerCount; count++) {
      const place = first + count < peerCount ? first + count : first + count - peerCount;
      const peer = peers[row + place] as number;
      if (exchange.asksInVain) {
        for (const want of this.#world.viewer(peer).wants) want.refusedBy?.delete(viewer.index);
      }
      const wanted = (waiting[peer] as number) & offered;
      if (wanted === 0) continue;
      if (!exchange.asksInVain && desk.isFull(viewer.index) && ((unseen[peer] as number) & offered) === 0)
        // Most know that it is there, and that it is full.
        desk.refuse(viewer, firstOf(wanted, earliest));
      else exchange.offer(this.#world.viewer(peer), viewer);
    }
  }
}

/** The first segment from `earliest` on whose bit is set. */
function firstOf(bits: number, earliest: number): number {
  const turned = (bits >>> (earliest & 31)) | (bits << (32 - (earliest & 31)));
  return earliest + 31 - Math.clz32(turned & -turned);
}

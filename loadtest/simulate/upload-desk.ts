// As the player's `UploadDesk`: which uplinks take a further upload, and when those under way seem to have gone.
import { LONGEST_SLEEP_MS } from "../../player/delivery/track-delivery.js";
import {
  BUSY_WITHIN_MS,
  CHANNEL_BUFFER_BYTES,
  cancelledForMs,
  queueBehindUploads,
  writtenForMs,
} from "../../player/delivery/upload-desk.js";
import { admitUpload, yieldsToPlayback } from "../../player/policy/upload-admission.js";
import { DEFAULT_UPLOAD_BUDGET, fitsBudget, type UploadBudget } from "../../player/policy/upload-budget.js";
import type { Flow } from "./links.js";
import { capacityOf, OwnUplinks, takenSlots, type Upload } from "./own-uplink.js";
import { UploadTurns } from "./upload-turns.js";
import type { Viewer } from "./viewer.js";
import type { World } from "./world.js";

/** What a page notices later by less, it notices at once. */
const LEAST_UNSEEN_MS = 25;
/** The first bytes have gone before an upload can seem sent. */
const MOST_UNSEEN_SHARE = 0.95;

export class UploadDesk {
  readonly #world: World;
  /** The smallest segment that was refused since an uplink was looked at anew, by viewer's index; none is infinite. */
  readonly #refusedBytes: Float64Array;
  /** Who has somebody waiting; also by index, because a viewer in need finds many full. */
  readonly #hasRefused: Uint8Array;
  readonly #budget: UploadBudget;
  readonly #ghostGone: number;
  readonly #writtenGone: number;
  /** See `audience.device`. */
  readonly #inFlightBytes: number;
  readonly #uplinks: OwnUplinks;
  readonly #turns: UploadTurns;

  constructor(world: World) {
    this.#world = world;
    this.#refusedBytes = new Float64Array(world.viewers.length).fill(Number.POSITIVE_INFINITY);
    this.#hasRefused = new Uint8Array(world.viewers.length);
    this.#inFlightBytes = world.scenario.audience.device.inFlightKiB * 1_024;
    this.#budget = { ...DEFAULT_UPLOAD_BUDGET, ratio: world.scenario.policies.uploadRatio };
    this.#uplinks = new OwnUplinks(world);
    this.#turns = new UploadTurns(world, (viewer) => this.changed(viewer));
    this.#ghostGone = world.schedule.on((viewer) => {
      const from = world.viewer(viewer);
      from.ghosts--;
      this.changed(from);
    });
    this.#writtenGone = world.schedule.on((viewer) => {
      const from = world.viewer(viewer);
      from.ghosts--;
      this.#freed(from);
    });
  }

  /** Whether there was no room for a segment of usual size at the last look, which is true until there is another one. */
  isFull(viewer: number): boolean {
    const { programme } = this.#world;
    return this.#refuses(viewer, programme.meanBytesOf(this.#world.viewer(viewer).rendition));
  }

  /** Whether an upload may begin. There may be no room although there was some: buffers shrink by themselves. */
  admits(from: Viewer, segment: number): boolean {
    return !this.isFullFor(from.index, segment) && this.#look(from, this.#bytesOf(from.index, segment));
  }

  /** Whether there was no room for this segment at the last look, or it was kept for another one. */
  isFullFor(viewer: number, segment: number): boolean {
    return this.#refuses(viewer, this.#bytesOf(viewer, segment)) || this.#turns.isKept(viewer, segment);
  }

  /** Somebody has to wait; all who do hear of it when there is room. */
  refuse(from: Viewer, segment: number): void {
    this.#hasRefused[from.index] = 1;
    this.#turns.turnedAway(from, segment);
  }

  /** An upload is going to begin. */
  promise(from: Viewer): void {
    from.promised++;
    this.#turns.taken(from);
    this.changed(from);
  }

  /** The uplink has one upload more or less or is known better, or its viewer has got something. */
  changed(from: Viewer): void {
    this.#refusedBytes[from.index] = Number.POSITIVE_INFINITY;
    const hasRoom = this.#look(from, this.#world.programme.meanBytesOf(from.rendition));
    if (!hasRoom || this.#hasRefused[from.index] === 0 || from.state !== "present") return;
    this.#hasRefused[from.index] = 0;
    this.#turns.told(from);
    this.#world.announcements.announce(from);
  }

  /** As the player's upload admission sees it now. */
  #look(from: Viewer, bytes: number): boolean {
    const active = takenSlots(from) + from.promised;
    const uplink = this.#uplinks.judge(from, active);
    const { programme, schedule } = this.#world;
    const bufferMs = (from.bufferedToS - from.positionS(schedule.nowMs)) * 1000;
    const hasRoom =
      admitUpload(uplink, bytes, programme.segmentMs, bufferMs) &&
      !this.#world.intake.isPressed(from) &&
      this.#fitsBudget(from, active, bytes);
    if (!hasRoom && bytes < (this.#refusedBytes[from.index] as number))
      this.#refusedBytes[from.index] = bytes;
    return hasRoom;
  }

  #refuses(viewer: number, bytes: number): boolean {
    return bytes >= (this.#refusedBytes[viewer] as number);
  }

  #bytesOf(viewer: number, segment: number): number {
    return this.#world.programme.bytesOf(this.#world.viewer(viewer).rendition, segment);
  }

  /** By how much the viewer expects its requests to be held up. */
  queueMs(from: Viewer): number {
    return queueBehindUploads(takenSlots(from), capacityOf(from));
  }

  /** A viewer that has more may give more. */
  downloaded(viewer: Viewer): void {
    if (this.isFull(viewer.index)) this.changed(viewer);
  }

  /** An upload is about to take its first bytes. */
  begins(from: Viewer, flow: Flow): void {
    flow.activeAtStart = takenSlots(from);
    flow.wasBusy =
      flow.activeAtStart > 0 || this.#world.schedule.nowMs - from.uplinkFreedAtMs < BUSY_WITHIN_MS;
    // Nothing of the uplink is misjudged by uploads that do not fill it.
    if (this.#inFlightBytes === 0 || this.#inFlightBytes / from.upBytesPerMs < LEAST_UNSEEN_MS) return;
    flow.unseenBytes = Math.min(this.#inFlightBytes * this.#world.random(), flow.bytes * MOST_UNSEEN_SHARE);
  }

  /**
   * Its page takes an upload for sent of which some is under way. Where that is much, its data channel has taken over all
   * that came before the last message, and seems empty already.
   */
  seemsSent(from: Viewer, upload: Flow): void {
    const { schedule, random } = this.#world;
    const { bytes, unseenBytes } = upload;
    this.#uplinks.sawWhole(from, upload);
    if (random() * this.#inFlightBytes >= unseenBytes) {
      this.#uplinks.learn(from, upload, bytes);
      this.#freed(from);
      return;
    }
    this.#uplinks.learn(from, upload, bytes - CHANNEL_BUFFER_BYTES, bytes);
    from.ghosts++;
    const runningMs = schedule.nowMs - upload.startedAtMs;
    const leftMs = writtenForMs(bytes, runningMs, from.uplinkBytesPerMs, capacityOf(from));
    schedule.after(leftMs, this.#writtenGone, from.index);
  }

  /** All of an upload has arrived. */
  sent(from: Viewer, upload: Upload): void {
    from.uploaded += upload.bytes;
    this.#world.tally.uploaded(upload.bytes);
    if (upload.seemsSent) return;
    this.#uplinks.sawWhole(from, upload);
    this.#uplinks.learn(from, upload, upload.bytes);
    this.#freed(from);
  }

  #freed(from: Viewer): void {
    from.uplinkFreedAtMs = this.#world.schedule.nowMs;
    this.changed(from);
  }

  /**
   * Playback waits for the origin: uploads that may hold that up are ended, with their connections.
   *
   * @returns when to look again.
   */
  yieldToPlayback(from: Viewer): number {
    const { schedule, meeting } = this.#world;
    const { nowMs } = schedule;
    const bufferMs = (from.bufferedToS - from.positionS(nowMs)) * 1000;
    let nextMs = Number.POSITIVE_INFINITY;
    for (const { startedAtMs, seemsSent, to } of [...from.uploads]) {
      if (seemsSent) continue;
      if (yieldsToPlayback(nowMs - startedAtMs, bufferMs)) meeting.disconnect(from, to);
      else nextMs = nowMs + LONGEST_SLEEP_MS;
    }
    return nextMs;
  }

  /** An upload was cancelled, of which its sender is not told: the slot stays taken for a while. */
  brokenOff(from: Viewer, upload: Upload, sentBytes: number): void {
    this.#uplinks.learn(from, upload, sentBytes);
    from.ghosts++;
    const ghostMs = cancelledForMs(upload.bytes - sentBytes, from.uplinkBytesPerMs);
    this.#world.schedule.after(ghostMs, this.#ghostGone, from.index);
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
}

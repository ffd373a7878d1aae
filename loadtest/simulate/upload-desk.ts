// As the player's `UploadDesk`: which uplinks take a further upload, and what their viewers learn of them.

import { LONGEST_SLEEP_MS } from "../../player/delivery/track-delivery.js";
import {
  BUSY_WITHIN_MS,
  CHANNEL_BUFFER_BYTES,
  cancelledForMs,
  queueBehindUploads,
  writtenForMs,
} from "../../player/delivery/upload-desk.js";
import { learnUplink, QUICK_UPLOAD_MS, tellsOfUplink } from "../../player/policy/uplink-measurement.js";
import {
  admitUpload,
  clearsVerdicts,
  isUselessUplink,
  verdictLastsMs,
  witnessesOf,
  yieldsToPlayback,
} from "../../player/policy/upload-admission.js";
import { DEFAULT_UPLOAD_BUDGET, fitsBudget, type UploadBudget } from "../../player/policy/upload-budget.js";
import type { Flow } from "./links.js";
import { UploadTurns } from "./upload-turns.js";
import type { Viewer } from "./viewer.js";
import type { World } from "./world.js";

/** An upload, under way or ended. */
export interface Upload {
  readonly startedAtMs: number;
  readonly bytes: number;
  readonly activeAtStart: number;
  readonly wasBusy: boolean;
  /** Its sender took it for sent before all of it had arrived. */
  readonly seemsSent: boolean;
}

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
  /** Whose uplinks do not carry the stream, by index. */
  readonly #isUseless: Uint8Array;
  /** How many times in a row that was found, by index. */
  readonly #verdicts: Uint8Array;
  readonly #givesUp: number;
  readonly #triesAgain: number;
  readonly #turns: UploadTurns;

  constructor(world: World) {
    this.#world = world;
    this.#refusedBytes = new Float64Array(world.viewers.length).fill(Number.POSITIVE_INFINITY);
    this.#hasRefused = new Uint8Array(world.viewers.length);
    this.#inFlightBytes = world.scenario.audience.device.inFlightKiB * 1_024;
    this.#budget = { ...DEFAULT_UPLOAD_BUDGET, ratio: world.scenario.policies.uploadRatio };
    this.#isUseless = new Uint8Array(world.viewers.length);
    this.#verdicts = new Uint8Array(world.viewers.length);
    this.#givesUp = world.schedule.on((viewer) => world.meeting.rejoin(world.viewer(viewer), false));
    this.#triesAgain = world.schedule.on((index) => {
      const viewer = world.viewer(index);
      this.#isUseless[index] = 0;
      viewer.uplinkBytesPerMs = 0;
      viewer.isUplinkConfirmed = false;
      viewer.isUplinkWide = false;
      viewer.uplinkWitnesses = 0;
      world.meeting.rejoin(viewer, true);
    });
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
    const witnesses = witnessesOf(from.uplinkWitnesses, this.#verdicts[from.index] ?? 0);
    const isProven = from.isUplinkConfirmed || from.isUplinkWide;
    const uplink = { active, bytesPerMs: uplinkOf(from), isProven, witnesses };
    const { programme, schedule } = this.#world;
    const bitrate = programme.meanBytesOf(from.rendition) / programme.segmentMs;
    if (isUselessUplink(uplink, bitrate)) this.#giveUp(from);
    else if (clearsVerdicts(from.uplinkWitnesses)) this.#verdicts[from.index] = 0;
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

  /** Nobody is to wait for it any more; not at once, as some of it is what it is just being asked. */
  #giveUp({ index }: Viewer): void {
    if (this.#isUseless[index] === 1) return;
    this.#isUseless[index] = 1;
    const verdicts = Math.min(255, (this.#verdicts[index] ?? 0) + 1);
    this.#verdicts[index] = verdicts;
    const { schedule } = this.#world;
    schedule.after(0, this.#givesUp, index);
    schedule.after(verdictLastsMs(verdicts), this.#triesAgain, index);
  }

  /** By how much the viewer expects its requests to be held up. */
  queueMs(from: Viewer): number {
    return queueBehindUploads(takenSlots(from), uplinkOf(from));
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
    flow.unseenBytes = 0;
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
    const runningMs = schedule.nowMs - upload.startedAtMs;
    if (runningMs < QUICK_UPLOAD_MS) from.isUplinkWide = true;
    if (random() * this.#inFlightBytes >= unseenBytes) {
      this.#learnUplink(from, upload, bytes, schedule.nowMs);
      this.#freed(from);
      return;
    }
    this.#learnUplink(from, upload, bytes - CHANNEL_BUFFER_BYTES, schedule.nowMs, bytes);
    from.ghosts++;
    const leftMs = writtenForMs(bytes, runningMs, from.uplinkBytesPerMs, uplinkOf(from));
    schedule.after(leftMs, this.#writtenGone, from.index);
  }

  /** All of an upload has arrived. */
  sent(from: Viewer, upload: Upload): void {
    const { nowMs } = this.#world.schedule;
    from.uploaded += upload.bytes;
    this.#world.tally.uploaded(upload.bytes);
    if (upload.seemsSent) return;
    this.#learnUplink(from, upload, upload.bytes, nowMs);
    if (nowMs - upload.startedAtMs < QUICK_UPLOAD_MS) from.isUplinkWide = true;
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
    this.#learnUplink(from, upload, sentBytes, this.#world.schedule.nowMs);
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

  /**
   * @param sent what had left by then, at least.
   * @param mostSent and at most.
   */
  #learnUplink(from: Viewer, upload: Upload, sent: number, atMs: number, mostSent = sent): void {
    const together = (upload.activeAtStart + 2 + takenSlots(from)) / 2;
    const sample = {
      bytes: sent * together,
      mostBytes: mostSent * together,
      elapsedMs: atMs - upload.startedAtMs,
      wasBusy: upload.wasBusy,
    };
    // Most of them go to different receivers.
    if (tellsOfUplink(sample)) from.uplinkWitnesses++;
    const known = { bytesPerMs: from.uplinkBytesPerMs, isConfirmed: from.isUplinkConfirmed };
    const { bytesPerMs, isConfirmed } = learnUplink(known, sample);
    from.uplinkBytesPerMs = bytesPerMs;
    from.isUplinkConfirmed = isConfirmed;
  }
}

/** Uploads that seem to be under way. */
function takenSlots({ uploads, ghosts }: Viewer): number {
  let slots = ghosts;
  for (const { seemsSent } of uploads) if (!seemsSent) slots++;
  return slots;
}

/** As it was measured, or as neighbours' uplinks suggest. */
function uplinkOf({ uplinkBytesPerMs, peersBytesPerMs }: Viewer): number {
  return uplinkBytesPerMs || peersBytesPerMs;
}

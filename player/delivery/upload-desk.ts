import type { Clock } from "../clock.js";
import { admitUpload, yieldsToPlayback } from "../policy/upload-admission.js";
import { fitsBudget, paidUntil, type UploadAccount, type UploadBudget } from "../policy/upload-budget.js";
import type { LivePlace } from "../policy/upload-turn.js";
import { OwnUplink } from "./own-uplink.js";
import { Timers } from "./timers.js";
import { UploadTurns } from "./upload-turns.js";

export interface UploadDeskOptions {
  readonly clock: Clock;
  /** Called when there may be room for a peer that was refused. */
  readonly onFree: () => void;
  /** What the uplink may be as long as it is not known, in bytes per millisecond; 0 for no idea, which is the default. */
  readonly guessBytesPerMs?: () => number;
  /** No limit by default. */
  readonly budget?: UploadBudget;
  /** Bytes that wait to leave for a peer, as far as that is known; 0 by default. */
  readonly bufferedTo?: (peerId: string) => number;
  /** Called when {@link UploadDesk.isUseless} has changed. */
  readonly onUseless?: () => void;
}

interface Upload {
  readonly startedAtMs: number;
  readonly activeAtStart: number;
  readonly wasBusy: boolean;
  readonly bytes: number;
  sent: number;
  lastMovedAtMs: number;
  /** When some of it was last seen to wait for the uplink. */
  waitedAtMs?: number;
  /** Since when nothing of it was seen to wait, although not all has gone. */
  idleSinceMs?: number | undefined;
}

/**
 * Frees the slot of an upload that was cancelled: nobody says so, but PML writes more as soon as a channel has room, and
 * this one has room for so long.
 */
const IDLE_UPLOAD_MS = 200;
const LONGEST_DRAIN_MS = 5_000;
const LOOK_EVERY_MS = 100;
const DRAIN_LOOK_MS = 25;
/** Bytes that a data channel takes over before they leave; what fits into them says nothing of the uplink. */
export const CHANNEL_BUFFER_BYTES = 64 * 1024;
const NO_LIMIT: UploadBudget = {
  ratio: 0,
  allowanceBytes: Number.POSITIVE_INFINITY,
  bytesPerMs: Number.POSITIVE_INFINITY,
  simultaneous: Number.POSITIVE_INFINITY,
};
/** An uplink that was in use so shortly before has not gathered a burst. */
export const BUSY_WITHIN_MS = 100;

/**
 * How much longer an exchange with a server may take because of uploads, its connection included; 0 while none run.
 *
 * @param bytesPerMs the uplink's capacity; 0 where it is not known.
 */
export function queueBehindUploads(uploads: number, bytesPerMs: number): number {
  return uploads > 0 ? 2 * drainMs(CHANNEL_BUFFER_BYTES, bytesPerMs) : 0;
}

/**
 * For how long a cancelled upload takes up its place.
 *
 * @param leftBytes of it, some of which a data channel has already taken over.
 * @param bytesPerMs as in {@link queueBehindUploads}.
 */
export function cancelledForMs(leftBytes: number, bytesPerMs: number): number {
  return drainMs(Math.min(leftBytes, CHANNEL_BUFFER_BYTES), bytesPerMs) + LOOK_EVERY_MS + IDLE_UPLOAD_MS;
}

/**
 * How much longer an upload takes up its place of which a data channel has just taken over the last byte, and seems to
 * hold nothing: what it does not hold any more leaves at the uplink's pace, too. A connection that has gathered speed
 * hands a whole segment to the link below at once.
 *
 * @param runningMs since it began.
 * @param measured of the uplink, in bytes per millisecond; 0 where it is not known.
 * @param capacity likewise, or what it may be.
 */
export function writtenForMs(bytes: number, runningMs: number, measured: number, capacity: number): number {
  const bufferMs = drainMs(Math.min(bytes, CHANNEL_BUFFER_BYTES), capacity);
  return Math.max(drainMs(bytes, measured) - runningMs, bufferMs);
}

function drainMs(bytes: number, bytesPerMs: number): number {
  return bytesPerMs > 0 ? Math.min(bytes / bytesPerMs, LONGEST_DRAIN_MS) : 0;
}

/**
 * Lets peers' requests for segments pass or wait, and watches what goes.
 *
 * A refused peer is told "absent" and comes back when this viewer announces again, for which `onFree` is called.
 */
export class UploadDesk {
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #onFree: () => void;
  readonly #bufferedTo: (peerId: string) => number;
  readonly #uplink: OwnUplink;
  readonly #turns: UploadTurns;
  readonly #uploads = new Map<string, Upload>();
  /** Admitted in this turn of the event loop; PML sends their first bytes, and so names their peers, before it ends. */
  #admitted: { bytes: number }[] = [];
  #freedAtMs = Number.NEGATIVE_INFINITY;
  #sent = 0;
  #hasRefused = false;
  #isWatching = false;
  #budget: UploadBudget;
  #downloaded = 0;
  #refused = 0;
  #paidUntilMs = 0;
  #isOverBudget = false;
  #isPaying = false;

  constructor({
    clock,
    onFree,
    guessBytesPerMs = () => 0,
    budget = NO_LIMIT,
    bufferedTo = () => 0,
    onUseless = () => {},
  }: UploadDeskOptions) {
    this.#clock = clock;
    this.#timers = new Timers(clock);
    this.#onFree = onFree;
    this.#budget = budget;
    this.#bufferedTo = bufferedTo;
    const timers = this.#timers;
    this.#uplink = new OwnUplink({ clock, timers, guessBytesPerMs, onUseless });
    this.#turns = new UploadTurns({ clock, timers, onPassed: () => this.#free() });
  }

  /** See {@link OwnUplink.isUseless}. */
  get isUseless(): boolean {
    return this.#uplink.isUseless;
  }

  /** Requests that the budget did not allow. */
  get refused(): number {
    return this.#refused;
  }

  setBudget(budget: UploadBudget): void {
    this.#budget = budget;
    if (this.#isOverBudget) this.#free();
  }

  /** A segment has come: it may be asked for, and more may be uploaded. */
  arrived(bytes: number, segmentDurationMs: number): void {
    this.#uplink.arrived(bytes, segmentDurationMs);
    this.#downloaded += bytes;
    if (this.#isOverBudget) this.#free();
  }

  /** Bytes uploaded since the start. */
  get sent(): number {
    return this.#sent;
  }

  /** Measured capacity of the uplink in bytes per millisecond; 0 while unknown. */
  get bytesPerMs(): number {
    return this.#uplink.bytesPerMs;
  }

  /** See {@link queueBehindUploads}. */
  get queueMs(): number {
    return queueBehindUploads(this.#uploads.size, this.#uplink.capacity);
  }

  /**
   * Whether a peer may have `bytes` now.
   *
   * @param bufferMs media that this viewer has ahead of its playhead.
   * @param place of the segment; `undefined` on demand, where it says nothing of who needs it sooner.
   */
  ask(bytes: number, segmentDurationMs: number, bufferMs: number, place?: LivePlace): boolean {
    const hasDropped = this.#dropSilent();
    const active = this.#uploads.size + this.#admitted.length;
    const nowMs = this.#clock.now();
    const uplink = this.#uplink.judge(active);
    const account = this.#account(active);
    this.#isOverBudget = !fitsBudget(account, this.#budget, bytes, nowMs);
    if (this.#isOverBudget || !admitUpload(uplink, bytes, segmentDurationMs, bufferMs)) {
      this.#hasRefused = true;
      if (this.#isOverBudget) this.#refuse(account, nowMs);
      else this.#turns.turnedAway(place);
      this.#schedule();
      return false;
    }
    if (!this.#turns.take(place)) {
      this.#hasRefused = true;
      return false;
    }
    this.#paidUntilMs = paidUntil(account, this.#budget, bytes, nowMs);
    this.#admitted.push({ bytes });
    if (this.#admitted.length === 1) this.#timers.later(0, () => this.#forgetAdmitted());
    // More than one slot may have become free.
    if (hasDropped) this.#free();
    return true;
  }

  /**
   * The viewer waits for the origin.
   *
   * @param bufferMs media that it has ahead of its playhead.
   * @returns whose uploads have to end for that, with their connections: PML has no call to end one.
   */
  inTheWay(bufferMs: number): string[] {
    const nowMs = this.#clock.now();
    return [...this.#uploads]
      .filter(([, { startedAtMs }]) => yieldsToPlayback(nowMs - startedAtMs, bufferMs))
      .map(([peerId]) => peerId);
  }

  moved(peerId: string, bytes: number): void {
    const nowMs = this.#clock.now();
    const admitted = this.#admitted.shift();
    if (admitted) {
      this.#brokenOff(peerId);
      this.#uploads.set(peerId, {
        startedAtMs: nowMs,
        activeAtStart: this.#uploads.size,
        wasBusy: this.#uploads.size > 0 || nowMs - this.#freedAtMs < BUSY_WITHIN_MS,
        bytes: admitted.bytes,
        sent: 0,
        lastMovedAtMs: nowMs,
      });
    }
    this.#sent += bytes;
    const upload = this.#uploads.get(peerId);
    if (!upload) return;
    upload.sent += bytes;
    upload.lastMovedAtMs = nowMs;
    upload.idleSinceMs = undefined;
    if (upload.sent >= upload.bytes) this.#written(peerId, upload, nowMs);
    this.#schedule();
  }

  peerClosed(peerId: string): void {
    this.#brokenOff(peerId);
    this.#uploads.delete(peerId);
    this.#free();
  }

  close(): void {
    this.#timers.close();
    this.#isWatching = false;
    this.#uploads.clear();
    this.#admitted = [];
  }

  /** All is handed over to the data channel, which may hold some of it still. */
  #written(peerId: string, upload: Upload, nowMs: number): void {
    if (this.#bufferedTo(peerId) > 0) {
      this.#watchDrain(peerId, upload, nowMs + LONGEST_DRAIN_MS);
      return;
    }
    const runningMs = nowMs - upload.startedAtMs;
    this.#uplink.sawWhole(runningMs);
    this.#learn(peerId, upload, upload.bytes - CHANNEL_BUFFER_BYTES, nowMs, upload.bytes);
    const { bytesPerMs, capacity } = this.#uplink;
    const leftMs = writtenForMs(upload.bytes, runningMs, bytesPerMs, capacity);
    this.#timers.later(leftMs, () => this.#left(peerId, upload));
  }

  #watchDrain(peerId: string, upload: Upload, untilMs: number): void {
    this.#timers.later(DRAIN_LOOK_MS, () => {
      const nowMs = this.#clock.now();
      if (this.#uploads.get(peerId) !== upload) return;
      if (this.#bufferedTo(peerId) > 0 && nowMs < untilMs) {
        this.#watchDrain(peerId, upload, untilMs);
        return;
      }
      this.#uplink.sawWhole(nowMs - upload.startedAtMs);
      this.#learn(peerId, upload, upload.bytes, nowMs);
      this.#left(peerId, upload);
    });
  }

  #left(peerId: string, upload: Upload): void {
    if (this.#uploads.get(peerId) === upload) this.#uploads.delete(peerId);
    this.#freedAtMs = this.#clock.now();
    this.#free();
  }

  /** Whoever asked for it does not want it any more: it tells as much of the uplink as one that was finished. */
  #brokenOff(peerId: string): void {
    const upload = this.#uploads.get(peerId);
    if (!upload || upload.sent >= upload.bytes) return;
    const { sent, lastMovedAtMs, waitedAtMs } = upload;
    if (waitedAtMs === undefined)
      this.#learn(peerId, upload, sent - CHANNEL_BUFFER_BYTES, lastMovedAtMs, sent);
    else this.#learn(peerId, upload, sent, waitedAtMs);
  }

  #learn(peerId: string, upload: Upload, bytes: number, untilMs: number, mostBytes = bytes): void {
    const together = (upload.activeAtStart + 1 + this.#uploads.size) / 2;
    this.#uplink.learn(peerId, {
      bytes: bytes * together,
      mostBytes: mostBytes * together,
      elapsedMs: untilMs - upload.startedAtMs,
      wasBusy: upload.wasBusy,
    });
  }

  #account(active: number): UploadAccount {
    let promisedBytes = 0;
    for (const { bytes, sent } of this.#uploads.values()) promisedBytes += Math.max(0, bytes - sent);
    for (const { bytes } of this.#admitted) promisedBytes += bytes;
    return {
      sentBytes: this.#sent,
      promisedBytes,
      downloadedBytes: this.#downloaded,
      active,
      paidUntilMs: this.#paidUntilMs,
    };
  }

  #refuse({ paidUntilMs }: UploadAccount, nowMs: number): void {
    this.#refused++;
    // Whoever is refused for the rate's sake comes back when it allows again.
    if (paidUntilMs <= nowMs || this.#isPaying) return;
    this.#isPaying = true;
    this.#timers.later(paidUntilMs - nowMs, () => {
      this.#isPaying = false;
      this.#free();
    });
  }

  #free(): void {
    if (!this.#hasRefused) return;
    this.#hasRefused = false;
    this.#turns.told();
    this.#onFree();
  }

  /** What was admitted and did not move: the peer has gone, or has changed its mind. */
  #forgetAdmitted(): void {
    const hadIdle = this.#admitted.length > 0;
    this.#admitted = [];
    if (hadIdle) this.#free();
  }

  /** What was cut off still fills the uplink until the data channel has passed it on. */
  #dropSilent(): boolean {
    const nowMs = this.#clock.now();
    let hasDropped = false;
    for (const [peerId, upload] of this.#uploads) {
      if (upload.sent >= upload.bytes) continue;
      if (this.#bufferedTo(peerId) > 0) {
        upload.waitedAtMs = nowMs;
        upload.idleSinceMs = undefined;
      }
      upload.idleSinceMs ??= upload.waitedAtMs === nowMs ? undefined : nowMs;
      const isCancelled = nowMs - (upload.idleSinceMs ?? nowMs) >= IDLE_UPLOAD_MS;
      if (isCancelled || nowMs - upload.lastMovedAtMs >= LONGEST_DRAIN_MS) {
        this.#brokenOff(peerId);
        this.#uploads.delete(peerId);
        hasDropped = true;
      }
    }
    return hasDropped;
  }

  #schedule(): void {
    if (this.#isWatching || this.#uploads.size === 0) return;
    this.#isWatching = true;
    this.#timers.later(LOOK_EVERY_MS, () => {
      this.#isWatching = false;
      if (this.#dropSilent()) this.#free();
      this.#schedule();
    });
  }
}

// As the player's `OwnUplink`: what viewers have learnt of their uplinks from uploads, and which of these are of use.
import { learnUplink, QUICK_UPLOAD_MS, tellsOfUplink } from "../../player/policy/uplink-measurement.js";
import {
  clearsVerdicts,
  isUselessUplink,
  type Uplink,
  verdictLastsMs,
  witnessesOf,
} from "../../player/policy/upload-admission.js";
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

export class OwnUplinks {
  readonly #world: World;
  /** Whose uplinks do not carry the stream, by index. */
  readonly #isUseless: Uint8Array;
  /** How many times in a row that was found, by index. */
  readonly #verdicts: Uint8Array;
  readonly #givesUp: number;
  readonly #triesAgain: number;

  constructor(world: World) {
    this.#world = world;
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
  }

  /**
   * What is known of it now, upon which it may be given up.
   *
   * @param active uploads, as its viewer sees it.
   */
  judge(from: Viewer, active: number): Uplink {
    const witnesses = witnessesOf(from.uplinkWitnesses, this.#verdicts[from.index] ?? 0);
    const isProven = from.isUplinkConfirmed || from.isUplinkWide;
    const uplink = { active, bytesPerMs: capacityOf(from), isProven, witnesses };
    const { programme } = this.#world;
    const bitrate = programme.meanBytesOf(from.rendition) / programme.segmentMs;
    if (isUselessUplink(uplink, bitrate)) this.#giveUp(from);
    else if (clearsVerdicts(from.uplinkWitnesses)) this.#verdicts[from.index] = 0;
    return uplink;
  }

  /** A whole segment seems to have left. */
  sawWhole(from: Viewer, { startedAtMs }: Upload): void {
    if (this.#world.schedule.nowMs - startedAtMs < QUICK_UPLOAD_MS) from.isUplinkWide = true;
  }

  /**
   * An upload has ended, one way or another.
   *
   * @param sent what had left by now, at least.
   * @param mostSent and at most.
   */
  learn(from: Viewer, upload: Upload, sent: number, mostSent = sent): void {
    const together = (upload.activeAtStart + 2 + takenSlots(from)) / 2;
    const sample = {
      bytes: sent * together,
      mostBytes: mostSent * together,
      elapsedMs: this.#world.schedule.nowMs - upload.startedAtMs,
      wasBusy: upload.wasBusy,
    };
    // Most of them go to different receivers.
    if (tellsOfUplink(sample)) from.uplinkWitnesses++;
    const known = { bytesPerMs: from.uplinkBytesPerMs, isConfirmed: from.isUplinkConfirmed };
    const { bytesPerMs, isConfirmed } = learnUplink(known, sample);
    from.uplinkBytesPerMs = bytesPerMs;
    from.isUplinkConfirmed = isConfirmed;
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
}

/** Uploads that seem to be under way. */
export function takenSlots({ uploads, ghosts }: Viewer): number {
  let slots = ghosts;
  for (const { seemsSent } of uploads) if (!seemsSent) slots++;
  return slots;
}

/** As it was measured, or as neighbours' uplinks suggest. */
export function capacityOf({ uplinkBytesPerMs, peersBytesPerMs }: Viewer): number {
  return uplinkBytesPerMs || peersBytesPerMs;
}

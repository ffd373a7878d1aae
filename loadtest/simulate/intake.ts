// As the player's `Intake`: what a narrow downlink carries at once.
import { simultaneousIntake } from "../../player/policy/intake.js";
import type { Viewer } from "./viewer.js";
import type { Want } from "./want.js";
import type { World } from "./world.js";

export class Intake {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** Looks at what the viewer knows of its downlink by now. @returns how many segments may come in at once. */
  learn(viewer: Viewer): number {
    const { programme } = this.#world;
    viewer.intakeLimit = simultaneousIntake({
      bytesPerMs: Math.max(viewer.originBytesPerMs, viewer.peersBytesPerMs),
      mediaBytesPerMs: programme.meanBytesOf(viewer.rendition) / programme.segmentMs,
    });
    return viewer.intakeLimit;
  }

  hasRoom({ fetches, transfers, intakeLimit }: Viewer): boolean {
    return fetches + transfers.length < intakeLimit;
  }

  isTaken({ fetches, intakeLimit }: Viewer): boolean {
    return fetches >= intakeLimit;
  }

  /** Whether a peer may begin to send this. */
  wants(viewer: Viewer, want: Want): boolean {
    return want.hasTimeForPeers && !this.isTaken(viewer);
  }

  /** Playback needs the link for itself, whose uplink carries the receipts: nothing is uploaded. */
  isPressed(viewer: Viewer): boolean {
    return this.isTaken(viewer) && waitsForOrigin(viewer);
  }

  fetchStarted(viewer: Viewer): void {
    viewer.fetches++;
    if (viewer.intakeLimit !== Number.POSITIVE_INFINITY) this.#world.desk.changed(viewer);
  }

  fetchEnded(viewer: Viewer): void {
    viewer.fetches--;
    if (viewer.intakeLimit !== Number.POSITIVE_INFINITY) this.#world.desk.changed(viewer);
  }
}

/** Its player has asked for a segment that is on its way from the origin. */
export function waitsForOrigin({ wants }: Viewer): boolean {
  for (const { fetch, isRequested } of wants) if (fetch && isRequested) return true;
  return false;
}

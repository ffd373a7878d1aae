import { DEFAULT_UPLOAD_BUDGET } from "../../player/policy/upload-budget.js";
import type { Session } from "../audience/sessions.js";
import { seededRandom } from "../bench/random.js";
import type { SessionRecord } from "../result/observations.js";
import type { RealAudience } from "../run/real-time.js";
import type { Scenario } from "../scenario/scenario.js";
import { HeadlessViewer } from "./headless-viewer.js";

/** Where headless viewers find everything. */
export interface Addresses {
  readonly src: string;
  readonly tracker: string;
  readonly swarmId: string;
}

interface Seated {
  readonly session: Session;
  readonly viewer: HeadlessViewer;
  readonly joinedAtS: number;
  peerS: number;
  latencyS: number;
  looks: number;
  seeks: number;
  pauses: number;
  isPaused: boolean;
}

/** Headless viewers that come and go as planned. */
export class HeadlessAudience implements RealAudience {
  readonly records: SessionRecord[] = [];
  readonly #scenario: Scenario;
  readonly #addresses: Addresses;
  readonly #coming: Session[];
  readonly #present = new Set<Seated>();
  readonly #past = { peerBytes: 0, uploadedBytes: 0, discardedBytes: 0 };
  readonly #random: () => number;

  constructor(scenario: Scenario, addresses: Addresses, sessions: readonly Session[]) {
    this.#scenario = scenario;
    this.#addresses = addresses;
    this.#coming = [...sessions].reverse();
    this.#random = seededRandom(scenario.seed);
  }

  look(elapsedS: number): void {
    while ((this.#coming.at(-1)?.joinS ?? Number.POSITIVE_INFINITY) <= elapsedS) {
      const session = this.#coming.pop();
      if (session) this.#present.add(this.#seat(session, elapsedS));
    }
    for (const seated of this.#present) {
      if (seated.session.leaveS <= elapsedS || seated.viewer.player.hasEnded) this.#leave(seated, elapsedS);
      else this.#follow(seated, elapsedS);
    }
  }

  get totals(): RealAudience["totals"] {
    const totals = { ...this.#past, viewers: this.#present.size, stalled: 0 };
    for (const { viewer } of this.#present) {
      const { fromPeers, uploaded, discarded } = viewer.counts;
      totals.peerBytes += fromPeers;
      totals.uploadedBytes += uploaded;
      totals.discardedBytes += discarded;
      if (viewer.player.figures.isStalled) totals.stalled++;
    }
    return totals;
  }

  close(elapsedS: number): void {
    for (const seated of [...this.#present]) this.#leave(seated, elapsedS);
  }

  #seat(session: Session, joinedAtS: number): Seated {
    const { stream, policies } = this.#scenario;
    const { traits } = session;
    const viewer = new HeadlessViewer({
      ...this.#addresses,
      latencySegments: stream.latencySegments,
      usesPeers: traits.usesPeers,
      mayUpload: traits.mayUpload && traits.conduct !== "free-rider",
      uploadBudget: { ...DEFAULT_UPLOAD_BUDGET, ratio: policies.uploadRatio },
      windowS: policies.prefetchWindowS,
      memoryLimitBytes: policies.memoryMiB * 2 ** 20,
      maxBitsPerSecond: traits.downMbps * 1e6 * BANDWIDTH_SHARE,
      random: this.#random,
    });
    return {
      session,
      viewer,
      joinedAtS,
      peerS: 0,
      latencyS: 0,
      looks: 0,
      seeks: 0,
      pauses: 0,
      isPaused: false,
    };
  }

  #follow(seated: Seated, elapsedS: number): void {
    const { viewer, session } = seated;
    const { latencyS } = viewer.player.figures;
    seated.looks++;
    seated.peerS += viewer.counts.peers;
    seated.latencyS += latencyS ?? 0;
    const seek = session.seeks[seated.seeks];
    if (seek && seek.atS <= elapsedS) {
      seated.seeks++;
      viewer.player.seek(seek.toShare);
    }
    const pause = session.pauses[seated.pauses];
    if (pause && !seated.isPaused && pause.atS <= elapsedS) {
      seated.isPaused = true;
      viewer.player.pause();
    } else if (pause && seated.isPaused && pause.untilS <= elapsedS) {
      seated.isPaused = false;
      seated.pauses++;
      viewer.player.resume();
    }
  }

  #leave(seated: Seated, elapsedS: number): void {
    const { viewer, session, joinedAtS, looks } = seated;
    this.#present.delete(seated);
    const { startupMs, playedMs, stalls, stalledMs } = viewer.player.figures;
    const counts = viewer.counts;
    viewer.close();
    this.#past.peerBytes += counts.fromPeers;
    this.#past.uploadedBytes += counts.uploaded;
    this.#past.discardedBytes += counts.discarded;
    this.records.push({
      startupMs,
      playedMs,
      stalls,
      stalledMs,
      loadedBytes: counts.loadedBytes,
      peerBytes: counts.fromPeers,
      uploadedBytes: counts.uploaded,
      mayUpload: session.traits.mayUpload,
      // Links are this machine's, whatever the scenario says.
      uplinkBytes: undefined,
      meanPeers: looks > 0 ? seated.peerS / looks : 0,
      latencyS: looks > 0 && this.#scenario.stream.kind === "live" ? seated.latencyS / looks : undefined,
      hasFailed:
        viewer.failure !== undefined || (startupMs === undefined && elapsedS - joinedAtS > FAILED_AFTER_S),
    });
  }
}

/** As hls.js' `abrBandWidthUpFactor`. */
const BANDWIDTH_SHARE = 0.7;
/** Whoever has not begun to play by then has failed. */
const FAILED_AFTER_S = 20;

import { DEFAULT_UPLOAD_BUDGET } from "../../player/policy/upload-budget.js";
import type { Session } from "../audience/sessions.js";
import type { SessionRecord } from "../result/observations.js";
import type { RealAudience } from "../run/real-time.js";
import type { Scenario } from "../scenario/scenario.js";
import type { RemoteViewer } from "./viewer-host.js";
import type { ViewerOrder } from "./viewer-messages.js";

/** Where headless viewers find everything. */
export interface Addresses
  extends Pick<ViewerOrder, "src" | "trackers" | "iceServers" | "integrityKeys" | "swarmId"> {
  /** Of the viewers' ids and other chance. */
  readonly seed: number;
}

/** One viewer to come. */
export interface Seat {
  readonly session: Session;
  /** In megabits per second; `undefined` where its uplink is this machine's. */
  readonly upMbps: number | undefined;
  readonly open: (order: ViewerOrder) => RemoteViewer;
}

interface Seated {
  readonly seat: Seat;
  readonly viewer: RemoteViewer;
  readonly joinedAtS: number;
  leftAtS: number | undefined;
  peerS: number;
  latencyS: number;
  looks: number;
  seeks: number;
  pauses: number;
  isPaused: boolean;
  wasLost: boolean;
}

/** Headless viewers that come and go as planned. */
export class HeadlessAudience implements RealAudience {
  readonly #scenario: Scenario;
  readonly #addresses: Addresses;
  readonly #coming: Seat[];
  readonly #heldUpMs: () => number;
  readonly #present = new Set<Seated>();
  readonly #past: Seated[] = [];
  readonly #leaving = new Set<Promise<void>>();

  /** @param seats in the order of coming. */
  constructor(scenario: Scenario, addresses: Addresses, seats: readonly Seat[], heldUpMs: () => number) {
    this.#scenario = scenario;
    this.#addresses = addresses;
    this.#coming = [...seats].reverse();
    this.#heldUpMs = heldUpMs;
  }

  look(elapsedS: number): void {
    while ((this.#coming.at(-1)?.session.joinS ?? Number.POSITIVE_INFINITY) <= elapsedS) {
      const seat = this.#coming.pop();
      if (seat) this.#present.add(this.#join(seat, elapsedS));
    }
    for (const seated of this.#present) {
      const { seat, viewer } = seated;
      if (viewer.isLost()) this.#lose(seated, elapsedS);
      else if (seat.session.leaveS <= elapsedS || viewer.state()?.hasEnded) this.#leave(seated, elapsedS);
      else this.#follow(seated, elapsedS);
    }
  }

  get totals(): RealAudience["totals"] {
    const states = [...this.#past, ...this.#present].flatMap(({ viewer }) => viewer.state() ?? []);
    const totals = { peerBytes: 0, uploadedBytes: 0, discardedBytes: 0, fetchedBytes: 0 };
    for (const { counts } of states) {
      totals.peerBytes += counts.fromPeers;
      totals.uploadedBytes += counts.uploaded;
      totals.discardedBytes += counts.discarded;
      totals.fetchedBytes += counts.fromOrigin;
    }
    const stalled = [...this.#present].filter(({ viewer }) => viewer.state()?.figures.isStalled).length;
    return { ...totals, viewers: this.#present.size, stalled };
  }

  get heldUpMs(): number {
    return this.#heldUpMs();
  }

  async close(elapsedS: number): Promise<void> {
    for (const seated of [...this.#present]) this.#leave(seated, elapsedS);
    await Promise.all(this.#leaving);
  }

  get records(): SessionRecord[] {
    return this.#past.map((seated) => this.#recordOf(seated));
  }

  #join(seat: Seat, joinedAtS: number): Seated {
    const { stream, policies } = this.#scenario;
    const { traits } = seat.session;
    const { seed, ...addresses } = this.#addresses;
    const viewer = seat.open({
      ...addresses,
      latencySegments: stream.latencySegments,
      usesPeers: traits.usesPeers,
      mayUpload: traits.mayUpload && traits.conduct !== "free-rider",
      uploadBudget: { ...DEFAULT_UPLOAD_BUDGET, ratio: policies.uploadRatio },
      windowS: policies.prefetchWindowS,
      memoryLimitBytes: policies.memoryMiB * 2 ** 20,
      maxBitsPerSecond: traits.downMbps * 1e6 * BANDWIDTH_SHARE,
      seed: seed * VIEWERS_PER_SEED + this.#past.length + this.#present.size,
    });
    return {
      seat,
      viewer,
      joinedAtS,
      leftAtS: undefined,
      peerS: 0,
      latencyS: 0,
      looks: 0,
      seeks: 0,
      pauses: 0,
      isPaused: false,
      wasLost: false,
    };
  }

  #follow(seated: Seated, elapsedS: number): void {
    const { viewer, seat } = seated;
    const { session } = seat;
    const state = viewer.state();
    if (state) {
      seated.looks++;
      seated.peerS += state.counts.peers;
      seated.latencyS += state.figures.latencyS ?? 0;
    }
    const seek = session.seeks[seated.seeks];
    if (seek && seek.atS <= elapsedS) {
      seated.seeks++;
      viewer.seek(seek.toShare);
    }
    const pause = session.pauses[seated.pauses];
    if (pause && !seated.isPaused && pause.atS <= elapsedS) {
      seated.isPaused = true;
      viewer.pause();
    } else if (pause && seated.isPaused && pause.untilS <= elapsedS) {
      seated.isPaused = false;
      seated.pauses++;
      viewer.resume();
    }
  }

  #leave(seated: Seated, elapsedS: number): void {
    this.#goes(seated, elapsedS);
    const leaving = seated.viewer.close().finally(() => this.#leaving.delete(leaving));
    this.#leaving.add(leaving);
  }

  /** Its process has died. It is counted, with what it had told before. */
  #lose(seated: Seated, elapsedS: number): void {
    seated.wasLost = true;
    this.#goes(seated, elapsedS);
  }

  #goes(seated: Seated, elapsedS: number): void {
    seated.leftAtS = elapsedS;
    this.#present.delete(seated);
    this.#past.push(seated);
  }

  #recordOf({ seat, viewer, joinedAtS, leftAtS = joinedAtS, ...seen }: Seated): SessionRecord {
    const { figures, counts, failure } = viewer.state() ?? NOTHING_SEEN;
    const { looks } = seen;
    const stayedS = leftAtS - joinedAtS;
    const isLive = this.#scenario.stream.kind === "live";
    return {
      startupMs: figures?.startupMs,
      playedMs: figures?.playedMs ?? 0,
      stalls: figures?.stalls ?? 0,
      stalledMs: figures?.stalledMs ?? 0,
      loadedBytes: counts?.loadedBytes ?? 0,
      peerBytes: counts?.fromPeers ?? 0,
      uploadedBytes: counts?.uploaded ?? 0,
      mayUpload: seat.session.traits.mayUpload,
      uplinkBytes: seat.upMbps === undefined ? undefined : (seat.upMbps * 1e6 * stayedS) / 8,
      meanPeers: looks > 0 ? seen.peerS / looks : 0,
      latencyS: looks > 0 && isLive ? seen.latencyS / looks : undefined,
      hasFailed:
        seen.wasLost ||
        failure !== undefined ||
        (figures?.startupMs === undefined && stayedS > FAILED_AFTER_S),
    };
  }
}

const NOTHING_SEEN = { figures: undefined, counts: undefined, failure: undefined };
/** As hls.js' `abrBandWidthUpFactor`. */
const BANDWIDTH_SHARE = 0.7;
/** Whoever has not begun to play by then has failed. */
const FAILED_AFTER_S = 20;
/** Seeds of one run are not those of the next. */
const VIEWERS_PER_SEED = 1_000_000;

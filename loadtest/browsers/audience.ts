import { setTimeout as sleep } from "node:timers/promises";
import type { Session } from "../audience/sessions.js";
import type { SessionRecord } from "../result/observations.js";
import type { RunOptions } from "../run/engine.js";
import type { RealAudience } from "../run/real-time.js";
import type { Scenario } from "../scenario/scenario.js";
import type { ViewerSnapshot } from "./page/snapshot.js";
import type { HeldViewer, Viewer } from "./viewer.js";

/** One viewer to come. */
export interface Seat {
  readonly session: Session;
  /** In megabits per second; `undefined` where its uplink is this machine's. */
  readonly upMbps: number | undefined;
  /** Opens its page, which asks for nothing yet. */
  readonly hold: () => Promise<HeldViewer>;
}

interface Seated {
  readonly seat: Seat;
  readonly joinedAtS: number;
  leftAtS: number | undefined;
  viewer: Viewer | undefined;
  last: ViewerSnapshot | undefined;
  peerLooks: number;
  latencyS: number;
  looks: number;
  pauses: number;
  seeks: number;
  isPaused: boolean;
  hasFailed: boolean;
}

/** Between two looks; a little more, so that nobody comes late who would come just before the next one. */
const LOOK_AHEAD_S = 1.2;

/**
 * Browser viewers that come and go as planned. Their pages are opened in advance: on a machine that all of them share,
 * the start of a browser would hold up those who watch.
 */
export class BrowserAudience implements RealAudience {
  readonly #scenario: Scenario;
  readonly #coming: Seat[];
  readonly #unopened: Seat[];
  readonly #held = new Map<Seat, Promise<HeldViewer>>();
  readonly #present = new Set<Seated>();
  readonly #past: Seated[] = [];
  readonly #working = new Set<Promise<void>>();
  #isOver = false;

  /** Chromium's processes count their own time. */
  readonly heldUpMs = 0;

  /** @param seats in the order of coming. */
  constructor(scenario: Scenario, seats: readonly Seat[]) {
    this.#scenario = scenario;
    this.#coming = [...seats].reverse();
    this.#unopened = [...this.#coming];
  }

  /** Opens as many pages as there are viewers at a time, which several at once would hold each other up in. */
  async prepare(signal: AbortSignal, onReady?: RunOptions["onReady"]): Promise<void> {
    const { viewers } = this.#scenario.audience;
    for (let opened = 0; opened < viewers && !signal.aborted; opened++) {
      onReady?.(opened, viewers);
      await this.#holdNext();
    }
  }

  async look(elapsedS: number): Promise<void> {
    while ((this.#coming.at(-1)?.session.joinS ?? Number.POSITIVE_INFINITY) <= elapsedS + LOOK_AHEAD_S) {
      const seat = this.#coming.pop();
      if (seat) this.#work(this.#joinInTime(seat, elapsedS));
    }
    await Promise.all([...this.#present].map((seated) => this.#follow(seated, elapsedS)));
  }

  get totals(): RealAudience["totals"] {
    const all = [...this.#past, ...this.#present].flatMap(({ last }) => last ?? []);
    const sum = (of: (snapshot: ViewerSnapshot) => number) =>
      all.reduce((total, snapshot) => total + of(snapshot), 0);
    return {
      viewers: this.#present.size,
      stalled: [...this.#present].filter(({ last }) => last?.state === "stalled").length,
      peerBytes: sum(({ fromPeers }) => fromPeers),
      uploadedBytes: sum(({ uploaded }) => uploaded),
      discardedBytes: sum(({ wasted }) => wasted),
      fetchedBytes: sum(({ fromOrigin }) => fromOrigin),
    };
  }

  async close(elapsedS: number): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#working);
    await Promise.all([...this.#present].map((seated) => this.#read(seated, elapsedS)));
    for (const seated of this.#present) this.#goes(seated, elapsedS);
  }

  get records(): SessionRecord[] {
    const isLive = this.#scenario.stream.kind === "live";
    return this.#past.map(({ seat, last, looks, peerLooks, latencyS, hasFailed, joinedAtS, leftAtS }) => ({
      startupMs: last?.startupMs,
      playedMs: last?.playedMs ?? 0,
      stalls: last?.stalls ?? 0,
      stalledMs: last?.stalledMs ?? 0,
      loadedBytes: last?.loadedBytes ?? 0,
      peerBytes: last?.fromPeers ?? 0,
      uploadedBytes: last?.uploaded ?? 0,
      mayUpload: seat.session.traits.mayUpload,
      uplinkBytes:
        seat.upMbps === undefined
          ? undefined
          : (seat.upMbps * 1e6 * ((leftAtS ?? joinedAtS) - joinedAtS)) / 8,
      meanPeers: looks > 0 ? peerLooks / looks : 0,
      latencyS: looks > 0 && isLive ? latencyS / looks : undefined,
      hasFailed: hasFailed || last?.state === "failed" || last === undefined,
    }));
  }

  /** Never fails: whoever cannot be opened is counted when its time has come. */
  async #holdNext(): Promise<void> {
    const seat = this.#unopened.pop();
    if (!seat || this.#isOver) return;
    const held = seat.hold();
    this.#held.set(seat, held);
    await held.catch(() => {});
  }

  async #joinInTime(seat: Seat, elapsedS: number): Promise<void> {
    const { joinS } = seat.session;
    await sleep(Math.max(0, joinS - elapsedS) * 1000);
    if (this.#isOver) return;
    this.#work(this.#holdNext());
    await this.#join(seat, Math.max(joinS, elapsedS));
  }

  async #join(seat: Seat, joinedAtS: number): Promise<void> {
    const seated: Seated = {
      seat,
      joinedAtS,
      leftAtS: undefined,
      viewer: undefined,
      last: undefined,
      peerLooks: 0,
      latencyS: 0,
      looks: 0,
      pauses: 0,
      seeks: 0,
      isPaused: false,
      hasFailed: false,
    };
    this.#present.add(seated);
    try {
      seated.viewer = await this.#open(seat);
    } catch {
      this.#fail(seated, joinedAtS);
    }
  }

  /** A page that has died while it waited is opened anew: its viewer has not been there yet. */
  async #open(seat: Seat): Promise<Viewer> {
    const held = this.#held.get(seat) ?? seat.hold();
    this.#held.delete(seat);
    try {
      return await (await held).play();
    } catch {
      return (await seat.hold()).play();
    }
  }

  async #follow(seated: Seated, elapsedS: number): Promise<void> {
    await this.#read(seated, elapsedS);
    const { viewer, seat, last } = seated;
    const { session } = seat;
    if (!viewer || seated.hasFailed) return;
    if (session.leaveS <= elapsedS || last?.state === "ended") {
      this.#goes(seated, elapsedS);
      this.#work(session.crashes ? viewer.crash() : viewer.close());
      return;
    }
    if (last) {
      seated.looks++;
      seated.peerLooks += last.peers;
      seated.latencyS += last.latencyS ?? 0;
    }
    await this.#useRemote(seated, viewer, elapsedS).catch(() => this.#fail(seated, elapsedS));
  }

  /** Pauses and seeks when it is time. */
  async #useRemote(seated: Seated, { page }: Viewer, elapsedS: number): Promise<void> {
    const { session } = seated.seat;
    const seek = session.seeks[seated.seeks];
    if (seek && seek.atS <= elapsedS) {
      seated.seeks++;
      await page.evaluate((share) => {
        const { video } = window.viewer;
        video.currentTime = share * video.duration;
      }, seek.toShare);
    }
    const pause = session.pauses[seated.pauses];
    if (!pause || (seated.isPaused ? pause.untilS : pause.atS) > elapsedS) return;
    if (seated.isPaused) seated.pauses++;
    seated.isPaused = !seated.isPaused;
    await page.evaluate((isPaused) => {
      const { video } = window.viewer;
      if (isPaused) video.pause();
      else void video.play();
    }, seated.isPaused);
  }

  async #read(seated: Seated, elapsedS: number): Promise<void> {
    if (!seated.viewer || seated.hasFailed) return;
    try {
      seated.last = await seated.viewer.snapshot();
    } catch {
      this.#fail(seated, elapsedS);
    }
  }

  /** Its page or browser has died. It is counted, with what it had shown before. */
  #fail(seated: Seated, elapsedS: number): void {
    seated.hasFailed = true;
    this.#goes(seated, elapsedS);
  }

  #goes(seated: Seated, elapsedS: number): void {
    if (!this.#present.delete(seated)) return;
    seated.leftAtS = elapsedS;
    this.#past.push(seated);
  }

  #work(work: Promise<void>): void {
    // A page that cannot be closed any more has closed itself.
    const working = work.catch(() => {}).finally(() => this.#working.delete(working));
    this.#working.add(working);
  }
}

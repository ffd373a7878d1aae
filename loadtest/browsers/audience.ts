import type { Session } from "../audience/sessions.js";
import type { SessionRecord } from "../result/observations.js";
import type { RealAudience } from "../run/real-time.js";
import type { Scenario } from "../scenario/scenario.js";
import type { ViewerSnapshot } from "./page/snapshot.js";
import type { Viewer } from "./viewer.js";

interface Seated {
  readonly session: Session;
  readonly joinedAtS: number;
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

/** Browser viewers that come and go as planned. */
export class BrowserAudience implements RealAudience {
  readonly #scenario: Scenario;
  readonly #coming: Session[];
  readonly #open: (session: Session) => Promise<Viewer>;
  readonly #present = new Set<Seated>();
  readonly #past: Seated[] = [];
  readonly #working = new Set<Promise<void>>();

  constructor(scenario: Scenario, sessions: readonly Session[], open: (session: Session) => Promise<Viewer>) {
    this.#scenario = scenario;
    this.#coming = [...sessions].reverse();
    this.#open = open;
  }

  async look(elapsedS: number): Promise<void> {
    while ((this.#coming.at(-1)?.joinS ?? Number.POSITIVE_INFINITY) <= elapsedS) {
      const session = this.#coming.pop();
      if (session) this.#work(this.#join(session, elapsedS));
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
    };
  }

  async close(): Promise<void> {
    await Promise.all(this.#working);
    await Promise.all([...this.#present].map((seated) => this.#read(seated)));
    this.#past.push(...this.#present);
    this.#present.clear();
  }

  get records(): SessionRecord[] {
    const isLive = this.#scenario.stream.kind === "live";
    return this.#past.map(({ session, last, looks, peerLooks, latencyS, hasFailed }) => ({
      startupMs: last?.startupMs,
      playedMs: last?.playedMs ?? 0,
      stalls: last?.stalls ?? 0,
      stalledMs: last?.stalledMs ?? 0,
      loadedBytes: last?.loadedBytes ?? 0,
      peerBytes: last?.fromPeers ?? 0,
      uploadedBytes: last?.uploaded ?? 0,
      mayUpload: session.traits.mayUpload,
      // Links are this machine's, whatever the scenario says.
      uplinkBytes: undefined,
      meanPeers: looks > 0 ? peerLooks / looks : 0,
      latencyS: looks > 0 && isLive ? latencyS / looks : undefined,
      hasFailed: hasFailed || last?.state === "failed" || last === undefined,
    }));
  }

  async #join(session: Session, joinedAtS: number): Promise<void> {
    const seated: Seated = {
      session,
      joinedAtS,
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
      seated.viewer = await this.#open(session);
    } catch {
      this.#fail(seated);
    }
  }

  async #follow(seated: Seated, elapsedS: number): Promise<void> {
    await this.#read(seated);
    const { viewer, session, last } = seated;
    if (!viewer || seated.hasFailed) return;
    if (session.leaveS <= elapsedS || last?.state === "ended") {
      this.#present.delete(seated);
      this.#past.push(seated);
      this.#work(session.crashes ? viewer.crash() : viewer.close());
      return;
    }
    if (last) {
      seated.looks++;
      seated.peerLooks += last.peers;
      seated.latencyS += last.latencyS ?? 0;
    }
    await this.#useRemote(seated, viewer, elapsedS).catch(() => this.#fail(seated));
  }

  /** Pauses and seeks when it is time. */
  async #useRemote(seated: Seated, { page }: Viewer, elapsedS: number): Promise<void> {
    const { session } = seated;
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

  async #read(seated: Seated): Promise<void> {
    if (!seated.viewer || seated.hasFailed) return;
    try {
      seated.last = await seated.viewer.snapshot();
    } catch {
      this.#fail(seated);
    }
  }

  /** Its page or browser has died. It is counted, with what it had shown before. */
  #fail(seated: Seated): void {
    seated.hasFailed = true;
    if (!this.#present.delete(seated)) return;
    this.#past.push(seated);
  }

  #work(work: Promise<void>): void {
    // A page that cannot be closed any more has closed itself.
    const working = work.catch(() => {}).finally(() => this.#working.delete(working));
    this.#working.add(working);
  }
}

import { Counter, Gauge, Registry } from "prom-client";
import { TIERS, type Tier } from "../nearness/place.js";
import { ANNOUNCE_EVENTS, type AnnounceEvent } from "../wire/announce.js";
import { REFUSAL_REASONS, type RefusalReason, TRACKER_METRICS } from "./catalogue.js";
import { registerProcessMetrics } from "./process-metrics.js";

/** What the gauges show, read when they are scraped. */
export interface LiveCounts {
  sockets(): number;
  socketLimit(): number;
  swarms(): number;
  peers(): number;
  unsentBytes(): number;
}

/**
 * One tracker's instruments, in a registry of its own. What happens with every message is counted in plain numbers and
 * read when it is scraped.
 */
export class Metrics {
  readonly registry = new Registry();
  answersRelayed = 0;
  offersLeftOver = 0;
  readonly #announces = new Map<AnnounceEvent, number>(ANNOUNCE_EVENTS.map((event) => [event, 0]));
  /** By index in {@link TIERS}. */
  readonly #introductions: number[] = TIERS.map(() => 0);
  readonly #errors = new Counter({
    name: TRACKER_METRICS.errors,
    help: "Faults of the tracker itself.",
    registers: [this.registry],
  });
  readonly #quarantines = new Counter({
    name: TRACKER_METRICS.quarantines,
    help: "Peers put into quarantine for wrong bytes.",
    registers: [this.registry],
  });
  /** Frames, connections and peers refused. A rate needs the zero before the first event. */
  readonly refusals = new Map<RefusalReason, number>(REFUSAL_REASONS.map((reason) => [reason, 0]));

  constructor(live: LiveCounts) {
    this.#gauge(TRACKER_METRICS.sockets, "Open WebSockets.", live.sockets);
    this.#gauge(TRACKER_METRICS.socketLimit, "WebSockets that may be open.", live.socketLimit);
    this.#gauge(TRACKER_METRICS.swarms, "Swarms with at least one peer.", live.swarms);
    this.#gauge(TRACKER_METRICS.peers, "Peers over all swarms.", live.peers);
    this.#gauge(TRACKER_METRICS.unsentBytes, "Bytes that clients have not read yet.", live.unsentBytes);
    this.#counter(TRACKER_METRICS.announces, "Announces served, by event.", "event", () => this.#announces);
    this.#counter(
      TRACKER_METRICS.introductions,
      "Offers relayed, by nearness.",
      "tier",
      () => this.introductions,
    );
    this.#total(TRACKER_METRICS.offers, "Offers relayed to a peer.", () =>
      this.#introductions.reduce((sum, count) => sum + count, 0),
    );
    this.#total(
      TRACKER_METRICS.offersLeftOver,
      "Offers that there was nobody for.",
      () => this.offersLeftOver,
    );
    this.#total(TRACKER_METRICS.answers, "Answers relayed to a peer.", () => this.answersRelayed);
    const help = "Frames, connections and peers refused, by reason.";
    this.#counter(TRACKER_METRICS.refused, help, "reason", () => this.refusals);
    registerProcessMetrics(this.registry);
  }

  /** Adds the gauge of viewers by stream. */
  viewersByLabel(read: () => ReadonlyMap<string, number>): void {
    new Gauge({
      name: TRACKER_METRICS.viewers,
      help: "Sessions that have joined or reported lately.",
      labelNames: ["stream"],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const [stream, viewers] of read()) this.set({ stream }, viewers);
      },
    });
  }

  /** Adds what there is to see of the other trackers. */
  cluster(read: { isUp(): boolean; nodes(): number; sent(): number; received(): number }): void {
    this.#gauge(TRACKER_METRICS.redisUp, "Whether Redis can be reached.", () => Number(read.isUp()));
    this.#gauge(TRACKER_METRICS.nodes, "Trackers that share the service.", read.nodes);
    this.#counter(TRACKER_METRICS.nodeMessages, "Messages between trackers.", "direction", () => [
      ["sent", read.sent()],
      ["received", read.received()],
    ]);
  }

  /** Offers relayed, by nearness. */
  get introductions(): ReadonlyMap<Tier, number> {
    return new Map(TIERS.map((tier, index) => [tier, this.#introductions[index] ?? 0]));
  }

  quarantined(): void {
    this.#quarantines.inc();
  }

  announced(event: AnnounceEvent): void {
    this.#announces.set(event, (this.#announces.get(event) ?? 0) + 1);
  }

  /** @param tier index in {@link TIERS}. */
  introduced(tier: number): void {
    this.#introductions[tier] = (this.#introductions[tier] ?? 0) + 1;
  }

  refused(reason: RefusalReason): void {
    this.refusals.set(reason, (this.refusals.get(reason) ?? 0) + 1);
  }

  failed(): void {
    this.#errors.inc();
  }

  #gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(read());
      },
    });
  }

  #total(name: string, help: string, read: () => number): void {
    new Counter({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  }

  #counter(
    name: string,
    help: string,
    label: string,
    read: () => Iterable<readonly [value: string, count: number]>,
  ): void {
    new Counter({
      name,
      help,
      labelNames: [label],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const [value, count] of read()) this.inc({ [label]: value }, count);
      },
    });
  }
}

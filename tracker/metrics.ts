import { Counter, Gauge, Registry } from "prom-client";
import { registerProcessMetrics } from "./process-metrics.js";
import type { AnnounceEvent } from "./wire/announce.js";

/** Names of the tracker's own metrics. Dashboards import them, so that a renamed metric breaks the build. */
export const TRACKER_METRICS = {
  /** Gauge: open WebSockets. */
  sockets: "nearcast_tracker_sockets",
  /** Gauge: swarms with at least one peer. */
  swarms: "nearcast_tracker_swarms",
  /** Gauge: peers over all swarms; a viewer counts once for each rendition it is in. */
  peers: "nearcast_tracker_peers",
  /** Counter by `event`: announces that were served; answers are not among them. */
  announces: "nearcast_tracker_announces_total",
  /** Counter: offers that were relayed to a peer. */
  offers: "nearcast_tracker_offers_total",
  /** Counter: answers that were relayed to a peer. */
  answers: "nearcast_tracker_answers_total",
  /** Counter by `reason`, see {@link REFUSAL_REASONS}. */
  refused: "nearcast_tracker_refused_total",
  /** Counter: faults of the tracker itself; expected to stay 0. */
  errors: "nearcast_tracker_errors_total",
} as const;

/** Values of the label `reason` of {@link TRACKER_METRICS.refused}. */
export const REFUSAL_REASONS = [
  /** A frame is not text. */
  "binary",
  /** A frame is longer than `maxMessageBytes`. */
  "too_large",
  /** A frame breaks RFC 6455, for instance with invalid UTF-8. */
  "bad_framing",
  /** A frame is not JSON. */
  "not_json",
  /** A frame is JSON but no message of the protocol. */
  "malformed",
  /** A connection speaks for a peer id that it has not announced. */
  "not_owner",
  /** A connection announces a peer id that another connection holds. */
  "peer_id_taken",
  /** A connection announces a second peer id for one swarm. */
  "second_peer_id",
  /** A connection announces more than `maxSwarmsPerSocket` swarms. */
  "too_many_swarms",
  /** An answer without an offer, or for a peer that has left. */
  "unexpected_answer",
  /** A connection does not read what it is sent. */
  "slow_reader",
  /** A connection does not answer pings. */
  "idle",
  /** A peer that has not announced for `peerTtlMs` was removed. */
  "expired_peer",
  /** A connection beyond `maxSockets`. */
  "too_many_sockets",
  /** A WebSocket for another path than `/announce`. */
  "wrong_path",
] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** What the gauges show, read when they are scraped. */
export interface LiveCounts {
  sockets(): number;
  swarms(): number;
  peers(): number;
}

/** One tracker's instruments, in a registry of its own. */
export class Metrics {
  readonly registry = new Registry();
  readonly #announces = new Counter({
    name: TRACKER_METRICS.announces,
    help: "Announces served, by event.",
    labelNames: ["event"],
    registers: [this.registry],
  });
  readonly #offers = this.#counter(TRACKER_METRICS.offers, "Offers relayed to a peer.");
  readonly #answers = this.#counter(TRACKER_METRICS.answers, "Answers relayed to a peer.");
  readonly #errors = this.#counter(TRACKER_METRICS.errors, "Faults of the tracker itself.");
  readonly #refused = new Counter({
    name: TRACKER_METRICS.refused,
    help: "Frames, connections and peers refused, by reason.",
    labelNames: ["reason"],
    registers: [this.registry],
  });

  constructor(live: LiveCounts) {
    this.#gauge(TRACKER_METRICS.sockets, "Open WebSockets.", live.sockets);
    this.#gauge(TRACKER_METRICS.swarms, "Swarms with at least one peer.", live.swarms);
    this.#gauge(TRACKER_METRICS.peers, "Peers over all swarms.", live.peers);
    // A rate needs the zero before the first event.
    for (const reason of REFUSAL_REASONS) this.#refused.inc({ reason }, 0);
    registerProcessMetrics(this.registry);
  }

  announced(event: AnnounceEvent): void {
    this.#announces.inc({ event });
  }

  offersRelayed(count: number): void {
    this.#offers.inc(count);
  }

  answerRelayed(): void {
    this.#answers.inc();
  }

  refused(reason: RefusalReason): void {
    this.#refused.inc({ reason });
  }

  failed(): void {
    this.#errors.inc();
  }

  #counter(name: string, help: string): Counter {
    return new Counter({ name, help, registers: [this.registry] });
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
}

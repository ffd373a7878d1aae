import { randomUUID } from "node:crypto";
import type { Logger } from "pino";
import { parseStreamName, type StreamName } from "../../player/protocol/index.js";
import type { Place } from "../nearness/place.js";
import { parsePolicy, type StreamPolicy } from "../policy/stream-policy.js";
import { isBound, type SwarmKey } from "../swarm-server.js";
import type { Visitor } from "../visitor.js";
import { type Envelope, type Parcel, readEnvelope, writeEnvelope } from "./envelope.js";
import { type Beat, type Load, Nodes } from "./nodes.js";
import { OutgoingParcels, type ParcelOptions } from "./outgoing-parcels.js";
import { Questions } from "./questions.js";
import { RedisLink } from "./redis-link.js";
import { hash } from "./ring.js";
import { shardCount, shardOf } from "./shards.js";
import { SwarmStreams } from "./swarm-streams.js";

const NODES = "nearcast:nodes";
const POLICIES = "nearcast:policies";
/** The field of `POLICIES` for the policy of all streams; no stream is called so. */
const COMMON = "*";
const TO_ALL = "nearcast:all";
const toNode = (id: string) => `nearcast:node:${id}`;
const answersTo = (id: string) => `nearcast:answers:${id}`;

/** Whoever has not answered by then is left out. */
const ANSWER_TIMEOUT_MS = 1000;

/** Heartbeats at which the others are asked what has happened, before those that do not answer are given up. */
const CATCH_UP_TRIES = 5;

/** Streams that a heartbeat tells the viewers of. */
const MAX_STREAMS_TOLD = 1000;

type Notice =
  | { readonly kind: "policy"; readonly from: string; readonly stream: string; readonly policy: unknown }
  | ({ readonly kind: "quarantine"; readonly from: string; readonly stream: string } & Suspect)
  /** What has been counted lately, for the live page. */
  | { readonly kind: "counts"; readonly from: string; readonly counts: unknown }
  | { readonly kind: "question"; readonly from: string; readonly number: number; readonly question: unknown }
  | {
      readonly kind: "swarms";
      readonly from: string;
      readonly swarms: readonly (readonly [SwarmKey, string])[];
    };

/** A peer in quarantine, and the session of its viewer where that is known. */
export interface Suspect {
  readonly peerId: string;
  readonly session?: string | undefined;
}

export interface ClusterOptions {
  readonly redis: string;
  /** This node's address as players see it. */
  readonly url: string;
  /** How often nodes tell each other that they are there. */
  readonly heartbeatMs: number;
  readonly logger: Logger;
  readonly now: () => number;
  /** Of this node, by stream. */
  readonly viewers: () => Iterable<readonly [StreamName, number]>;
  readonly viewersOf: (stream: StreamName) => number;
  readonly onEnvelope: (envelope: Envelope) => void;
  /** A viewer has joined at another node that will report to this one. */
  readonly onViewer: (stream: StreamName, session: string) => void;
  readonly onGone: (nodes: readonly string[]) => void;
  readonly onPolicy: (stream: StreamName | undefined, policy: StreamPolicy | undefined) => void;
  readonly onQuarantine: (stream: StreamName, suspect: Suspect) => void;
  readonly load: () => Load;
  /** @throws {Error} where it is not understood. */
  readonly onCounts: (counts: unknown) => void;
  /**
   * There are others that know what has happened while this node was not there: they can be asked.
   *
   * @returns whether all have answered; asked again where not, for a while.
   */
  readonly onCompany: () => Promise<boolean>;
  /** @throws {Error} where it is not understood. */
  readonly onQuestion: (question: unknown) => unknown;
}

/** The other tracker processes that share the service with this one, through Redis. */
export class Cluster {
  readonly id: string = randomUUID();
  readonly #options: ClusterOptions;
  readonly #link: RedisLink;
  readonly #nodes: Nodes;
  readonly #parcels: OutgoingParcels;
  readonly #swarmStreams = new SwarmStreams();
  readonly #questions = new Questions();
  #isUp = false;
  /** Of asking the others what has happened; none while it is known. */
  #triesLeft = CATCH_UP_TRIES;
  #isCatchingUp = false;
  #beats = 0;
  #heartbeat: NodeJS.Timeout | undefined;
  #ticking: Promise<void> = Promise.resolve();
  /** Envelopes sent and received, for the metrics. */
  sent = 0;
  received = 0;

  constructor(options: ClusterOptions) {
    this.#options = options;
    this.#link = new RedisLink(options.redis, options);
    this.#parcels = new OutgoingParcels((node, parcels) => {
      this.sent += 1;
      this.#link.publish(toNode(node), writeEnvelope({ from: this.id, parcels }));
    });
    this.#nodes = new Nodes({ id: this.id, url: options.url }, { intervalMs: options.heartbeatMs });
  }

  async start(): Promise<void> {
    this.#link.start({
      [toNode(this.id)]: (bytes) => this.#take(bytes),
      [TO_ALL]: (bytes) => this.#hear(bytes.toString()),
      [answersTo(this.id)]: (bytes) => this.#takeAnswer(bytes.toString()),
    });
    this.#heartbeat = setInterval(() => this.#tick(), this.#options.heartbeatMs);
    await this.#tick();
  }

  /** Others get no more viewers sent here. */
  async drain(): Promise<void> {
    this.#nodes.drain(this.#options.now());
    await this.#tick();
  }

  async stop(): Promise<void> {
    clearInterval(this.#heartbeat);
    this.#questions.stop();
    await this.#ticking;
    this.#parcels.flush();
    await this.#link.remove(NODES, this.id).catch(() => undefined);
    this.#link.stop();
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  get nodeCount(): number {
    return this.#nodes.ring.nodes.length;
  }

  /** All nodes that are there, this one first. */
  get beats(): readonly Beat[] {
    return [this.#beatNow(), ...this.#nodes.others];
  }

  /** The node that a visitor's swarm belongs to; nothing where that is this one. */
  homeOf({ stream: named, place }: Visitor, key: SwarmKey): string | undefined {
    const nowMs = this.#options.now();
    if (named !== undefined && !isBound(key)) this.#swarmStreams.note(key, named, nowMs);
    const stream = named ?? this.#swarmStreams.streamOf(key, nowMs);
    const owner = this.#nodes.ring.ownerOf(stream === undefined ? key : this.#shard(stream, place));
    return owner === undefined || owner.id === this.id ? undefined : owner.id;
  }

  /** Where viewers at a place announce best: at their shard's node, then at the one that is asked. */
  urlsFor(stream: StreamName, place: Place): string[] {
    const urls = new Set([this.homeUrl(stream, place), this.#options.url]);
    if (this.#nodes.isDraining && urls.size > 1) urls.delete(this.#options.url);
    return [...urls];
  }

  /** The node of their shard alone: each report is to be counted once, and complaints of neighbours together. */
  homeUrl(stream: StreamName, place: Place): string {
    return this.#nodes.ring.ownerOf(this.#shard(stream, place))?.url ?? this.#options.url;
  }

  /**
   * Tells the node that a viewer reports to that it is there.
   *
   * @returns whether that is another node, where the viewer counts then.
   */
  tellViewer(stream: StreamName, place: Place, session: string): boolean {
    const owner = this.#nodes.ring.ownerOf(this.#shard(stream, place));
    if (owner === undefined || owner.id === this.id) return false;
    this.send(owner.id, { kind: "viewer", stream, session });
    return true;
  }

  /** Viewers of each stream at all nodes. */
  get viewers(): ReadonlyMap<StreamName, number> {
    const sums = new Map(this.#options.viewers());
    for (const { viewers } of this.#nodes.others)
      for (const [name, count] of Object.entries(viewers)) {
        const stream = name as StreamName;
        sums.set(stream, (sums.get(stream) ?? 0) + count);
      }
    return sums;
  }

  viewersElsewhere(stream: StreamName): number {
    return this.#nodes.viewersElsewhere(stream);
  }

  send(node: string, parcel: Parcel, options?: ParcelOptions): void {
    this.#parcels.add(node, parcel, options);
  }

  /** Kept in Redis, for nodes that start later. */
  tellPolicy(stream: StreamName | undefined, policy: StreamPolicy | undefined): void {
    const field = stream ?? COMMON;
    const kept =
      policy === undefined
        ? this.#link.remove(POLICIES, field)
        : this.#link.set(POLICIES, field, JSON.stringify(policy));
    kept.catch((error) =>
      this.#options.logger.warn({ err: error }, "a policy holds at this node only: Redis is away"),
    );
    this.#tell({ kind: "policy", from: this.id, stream: field, policy: policy ?? null });
  }

  tellQuarantine(stream: StreamName, suspect: Suspect): void {
    this.#tell({ kind: "quarantine", from: this.id, stream, ...suspect });
  }

  tellCounts(counts: unknown): void {
    if (this.#nodes.others.length > 0) this.#tell({ kind: "counts", from: this.id, counts });
  }

  /** Nodes that can be asked. */
  get otherCount(): number {
    return this.#nodes.others.length;
  }

  /** What the other nodes answer, as far as they do in time. */
  ask(question: unknown): Promise<unknown[]> {
    return this.#questions.ask(
      (number) => this.#tell({ kind: "question", from: this.id, number, question }),
      { expected: this.#nodes.others.length, timeoutMs: ANSWER_TIMEOUT_MS },
    );
  }

  #shard(stream: StreamName, place: Place): string {
    const viewers = this.viewersElsewhere(stream) + this.#options.viewersOf(stream);
    return `${stream}/${shardOf(place, shardCount(viewers))}`;
  }

  #tick(): Promise<void> {
    // One at a time: with Redis away each of them takes a while.
    this.#ticking = this.#ticking.then(() => this.#beat());
    return this.#ticking;
  }

  #beatNow(): Beat {
    return {
      id: this.id,
      url: this.#options.url,
      beat: this.#beats,
      draining: this.#nodes.isDraining,
      viewers: Object.fromEntries(
        Array.from(this.#options.viewers())
          .sort(([, a], [, b]) => b - a)
          .slice(0, MAX_STREAMS_TOLD),
      ),
      load: this.#options.load(),
    };
  }

  async #beat(): Promise<void> {
    const { now, onGone } = this.#options;
    this.#beats += 1;
    try {
      await this.#link.set(NODES, this.id, JSON.stringify(this.#beatNow()));
      const beats = Object.values(await this.#link.read(NODES)).map((text) => JSON.parse(text) as Beat);
      if (!this.#isUp) await this.#learnPolicies();
      this.#isUp = true;
      const swarms = this.#swarmStreams.takeUntold();
      if (swarms.length > 0) this.#tell({ kind: "swarms", from: this.id, swarms });
      const { gone, forgotten } = this.#nodes.update(beats, now());
      if (gone.length > 0) onGone(gone);
      if (forgotten.length > 0) await this.#link.remove(NODES, forgotten);
      void this.#catchUp();
    } catch {
      this.#isUp = false;
      this.#triesLeft = CATCH_UP_TRIES;
      const gone = this.#nodes.alone();
      if (gone.length > 0) onGone(gone);
    }
  }

  /** Not waited for: whoever is slow to answer must not hold up the heartbeat. */
  async #catchUp(): Promise<void> {
    const isAlone = this.#nodes.others.length === 0;
    if (this.#triesLeft === 0 || this.#isCatchingUp || isAlone || !this.#link.isListening) return;
    this.#isCatchingUp = true;
    this.#triesLeft -= 1;
    if (await this.#options.onCompany()) this.#triesLeft = 0;
    this.#isCatchingUp = false;
  }

  async #learnPolicies(): Promise<void> {
    for (const [field, text] of Object.entries(await this.#link.read(POLICIES))) {
      this.#hear(JSON.stringify({ kind: "policy", from: "", stream: field, policy: JSON.parse(text) }));
    }
  }

  #tell(notice: Notice): void {
    this.#link.publish(TO_ALL, JSON.stringify(notice));
  }

  #hear(text: string): void {
    try {
      const notice: Notice = JSON.parse(text);
      if (notice.from === this.id) return;
      if (notice.kind === "counts") {
        this.#options.onCounts(notice.counts);
        return;
      }
      if (notice.kind === "question") {
        const { from, number, question } = notice;
        const answer = { number, answer: this.#options.onQuestion(question) };
        this.#link.publish(answersTo(from), JSON.stringify(answer));
        return;
      }
      if (notice.kind === "swarms") {
        for (const [key, name] of notice.swarms)
          this.#swarmStreams.learn(key, parseStreamName(name), this.#options.now());
        return;
      }
      const stream = notice.stream === COMMON ? undefined : parseStreamName(notice.stream);
      if (notice.kind === "policy") {
        this.#options.onPolicy(stream, notice.policy === null ? undefined : parsePolicy(notice.policy));
      } else if (notice.kind === "quarantine" && stream !== undefined) {
        this.#options.onQuarantine(stream, notice);
      }
    } catch (error) {
      this.#options.logger.warn({ err: error }, "another node says what this one does not understand");
    }
  }

  #take(bytes: Buffer): void {
    try {
      const envelope = readEnvelope(bytes);
      this.received += 1;
      if (envelope === undefined) return;
      for (const parcel of envelope.parcels)
        if (parcel.kind === "viewer") this.#options.onViewer(parseStreamName(parcel.stream), parcel.session);
      this.#parcels.answering(envelope.from, () => this.#options.onEnvelope(envelope));
    } catch (error) {
      this.#options.logger.warn({ err: error }, "another node says what this one does not understand");
    }
  }

  #takeAnswer(text: string): void {
    try {
      const { number, answer } = JSON.parse(text) as { readonly number: number; readonly answer: unknown };
      this.#questions.take(number, answer);
    } catch (error) {
      this.#options.logger.warn({ err: error }, "another node says what this one does not understand");
    }
  }
}

/** Numbers visitors of all nodes, for counting whom an address was shown to. */
export function visitorNumber(node: string, number: number): number {
  return hash(`${node}/${number}`);
}

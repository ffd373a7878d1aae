import { randomUUID } from "node:crypto";
import type { StreamName } from "../../player/protocol/index.js";
import type { Member } from "../member.js";
import type { Audience } from "../reports/audience.js";
import type { SwarmServer } from "../swarm-server.js";
import { FEED_FORMAT, type LiveMessage, type Service, type StreamRow, type SwarmPicture } from "./feed.js";
import { mergedPicture } from "./merged-picture.js";
import { type PictureQuestion, readPictures } from "./picture-question.js";
import type { Recorder } from "./recorder.js";
import { pictureSwarm } from "./swarm-picture.js";

/** Streams that a message lists. */
const MAX_LISTED = 50;
/** How long a walk over all peers is good for. */
const WALK_LIFETIME_MS = 2000;

export interface LiveFeedOptions {
  readonly recorder: Recorder;
  readonly server: SwarmServer;
  readonly audience: Audience;
  readonly viewersElsewhere: (stream: StreamName) => number;
  readonly sockets: () => number;
  readonly socketLimit: number;
  /** `null` where this tracker is by itself. */
  readonly service: () => Service | null;
  /** What the other trackers answer. */
  readonly askOthers: (question: PictureQuestion) => Promise<readonly unknown[]>;
  readonly networkName: (network: number) => string | undefined;
  readonly reportIntervalS: number;
  readonly now: () => number;
}

/** Puts together what the live page is told. */
export class LiveFeed {
  readonly #options: LiveFeedOptions;
  readonly #run = randomUUID();
  #walk: { readonly atMs: number; readonly viewers: ReadonlyMap<StreamName | undefined, number> } | undefined;
  #picture: { readonly atMs: number; readonly key: string; readonly json: Promise<string> } | undefined;

  constructor(options: LiveFeedOptions) {
    this.#options = options;
  }

  /** The number that the next message's history is to begin at. */
  get end(): number {
    return this.#options.recorder.end;
  }

  /**
   * @param stream what is looked at; absent: all streams.
   * @param since the first bucket of the history that is not known yet.
   */
  message(stream: StreamName | undefined, since: number): LiveMessage {
    const { recorder, server, sockets, socketLimit, service, reportIntervalS } = this.#options;
    const connected = this.#connected();
    const names = this.#streamNames(connected);
    const listed = names.slice(0, MAX_LISTED);
    if (stream !== undefined && names.includes(stream) && !listed.includes(stream)) listed.push(stream);
    return {
      format: FEED_FORMAT,
      run: this.#run,
      uptimeS: recorder.uptimeS,
      reportIntervalS,
      windowS: recorder.windowS,
      recentS: recorder.recentS,
      tracker: {
        sockets: sockets(),
        socketLimit,
        peers: server.countPeers(),
        swarms: server.swarmCount,
      },
      service: service(),
      origin: recorder.origin,
      all: this.#all(names),
      streams: listed.map((name) => this.#row(name, connected)),
      streamCount: names.length,
      unnamed: connected.get(undefined) ?? 0,
      cohorts: recorder.cohorts(stream),
      history: recorder.history(stream, since),
      ...recorder.counts(),
    };
  }

  /** Of all trackers, as JSON. @param stream absent: viewers that do not name theirs. */
  picture(stream: StreamName | undefined, withAddresses: boolean): Promise<string> {
    const key = `${withAddresses} ${stream ?? ""}`;
    const nowMs = this.#options.now();
    if (this.#picture?.key !== key || nowMs - this.#picture.atMs > WALK_LIFETIME_MS) {
      this.#picture = { atMs: nowMs, key, json: this.#drawAll({ stream, withAddresses }) };
    }
    return this.#picture.json;
  }

  async #drawAll(question: PictureQuestion): Promise<string> {
    const others = readPictures(await this.#options.askOthers(question));
    return JSON.stringify(mergedPicture([this.draw(question), ...others]));
  }

  /** Of this tracker alone. */
  draw({ stream, withAddresses }: PictureQuestion): SwarmPicture {
    const swarms: Member[][] = [];
    for (const { members } of this.#options.server.swarms) {
      const watching = Array.from(members).filter(({ visitor }) => visitor.stream === stream);
      if (watching.length > 0) swarms.push(watching);
    }
    return pictureSwarm(swarms, { stream, withAddresses, nameOf: this.#options.networkName });
  }

  /** Those with most viewers first; those that nobody watches any more are among them. */
  #streamNames(connected: ReadonlyMap<StreamName | undefined, number>): StreamName[] {
    const { audience, recorder, viewersElsewhere } = this.#options;
    const names = new Set<StreamName>(recorder.streams);
    for (const [stream] of audience.streams) names.add(stream);
    for (const stream of connected.keys()) if (stream !== undefined) names.add(stream);
    const size = (stream: StreamName) =>
      Math.max(audience.sizeOf(stream) + viewersElsewhere(stream), connected.get(stream) ?? 0);
    return [...names].sort((a, b) => size(b) - size(a) || (a < b ? -1 : 1));
  }

  #all(names: readonly StreamName[]): StreamRow {
    const { audience, recorder, sockets, viewersElsewhere } = this.#options;
    const sum = (of: (stream: StreamName) => number) => names.reduce((all, name) => all + of(name), 0);
    return {
      viewers: sum((name) => audience.sizeOf(name) + viewersElsewhere(name)),
      connected: sockets(),
      lastReportAgoS: recorder.lastReportAgoS(undefined),
      rates: recorder.rates(undefined),
    };
  }

  #row(stream: StreamName, connected: ReadonlyMap<StreamName | undefined, number>): StreamRow {
    const { audience, recorder, viewersElsewhere } = this.#options;
    return {
      stream,
      viewers: audience.sizeOf(stream) + viewersElsewhere(stream),
      connected: connected.get(stream) ?? 0,
      lastReportAgoS: recorder.lastReportAgoS(stream),
      rates: recorder.rates(stream),
    };
  }

  /** Viewers by stream, each connection once however many renditions it is in. */
  #connected(): ReadonlyMap<StreamName | undefined, number> {
    const { server, now } = this.#options;
    if (this.#walk !== undefined && now() - this.#walk.atMs <= WALK_LIFETIME_MS) return this.#walk.viewers;
    const seen = new Set<number>();
    const viewers = new Map<StreamName | undefined, number>();
    for (const { members } of server.swarms) {
      for (const { visitor } of members) {
        if (seen.has(visitor.number)) continue;
        seen.add(visitor.number);
        viewers.set(visitor.stream, (viewers.get(visitor.stream) ?? 0) + 1);
      }
    }
    this.#walk = { atMs: now(), viewers };
    return viewers;
  }
}

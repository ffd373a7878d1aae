import { systemClock } from "../clock.js";
import type { ParsedOptions } from "../options.js";
import { isHeldOut, operatorRefusal, uploadsUnder } from "../policy/operator-policy.js";
import { type JoinDocument, type JoinPolicy, joinUrl, type ReportReply } from "../protocol/index.js";
import { AccessToken, withToken } from "./access-token.js";
import { askToJoin, JoinError } from "./ask-to-join.js";
import { Enrolment } from "./enrolment.js";

export interface ControlPlaneListener {
  /** The tracker has answered, with nothing where only a token was missing. */
  joined(join: JoinDocument | undefined, isFirst: boolean): void;
  /** @param isWaiting peers are not met before there is an answer. */
  failed(message: string, isWaiting: boolean): void;
}

/** What one session has been told by the tracker and its operator; until then, what the page has said. */
export class ControlPlane {
  /** The viewer's access token; `undefined` where the page has none to give. */
  readonly token: AccessToken | undefined;
  readonly #options: ParsedOptions;
  readonly #listener: ControlPlaneListener;
  /** `undefined` where there is nothing to ask the tracker for. */
  readonly #enrolment: Enrolment | undefined;
  #join: JoinDocument | undefined;
  #policy: JoinPolicy | undefined;
  /** Why peers cannot be met yet. */
  #waitsBecause: string | undefined;
  /** There have been enough viewers, once. */
  #hasBegun = false;
  #trackersLost = 0;

  constructor(options: ParsedOptions, session: string, listener: ControlPlaneListener) {
    this.#options = options;
    this.#listener = listener;
    this.token = options.getToken && new AccessToken(options.getToken, systemClock);
    const asks = options.isEnabled && (options.trackerBase ?? options.getToken) !== undefined;
    if (!asks) return;
    this.#waitsBecause = "the tracker has not answered yet";
    this.#enrolment = this.#createEnrolment(session);
  }

  /** Asks the tracker, and from now on again from time to time. */
  start(): void {
    this.#enrolment?.start();
  }

  stop(): void {
    this.#enrolment?.stop();
  }

  /** What was answered may not hold any more. */
  askSoon(): void {
    this.#enrolment?.askSoon();
  }

  /** Another one may have taken its place. */
  trackerLost(): void {
    this.#trackersLost++;
    this.askSoon();
  }

  get isWaiting(): boolean {
    return this.#waitsBecause !== undefined;
  }

  /** Why no peers are to be met at the moment. */
  get idleBecause(): string | undefined {
    return this.#waitsBecause ?? operatorRefusal(this.#policy, this.#options, this.#hasBegun);
  }

  get isHeldOut(): boolean {
    return isHeldOut(this.#policy, this.#options);
  }

  get uploads(): ReturnType<typeof uploadsUnder> {
    return uploadsUnder(this.#policy, this.#options);
  }

  get announceUrls(): readonly string[] {
    const { announce } = this.#join ?? {};
    // One at a time, the best first; each loss tries the next.
    const at = announce?.[this.#trackersLost % announce.length];
    const urls = at === undefined ? this.#options.trackers : [at];
    const token = this.token?.newest;
    return token === undefined ? urls : urls.map((url) => withToken(url, token));
  }

  get iceServers(): readonly RTCIceServer[] {
    const { iceServers, areIceServersGiven } = this.#options;
    const told = this.#join?.iceServers ?? [];
    if (areIceServersGiven || told.length === 0) return iceServers;
    return told.map((server) => ({ ...server, urls: [...server.urls] }));
  }

  /** The operator's word of now. */
  obey({ policy }: Pick<ReportReply, "policy">): void {
    this.#policy = policy;
  }

  /** Peers are met: that viewers leave does not end it. */
  begun(): void {
    if (this.#policy) this.#hasBegun = true;
  }

  #createEnrolment(session: string): Enrolment {
    const { stream, trackerBase } = this.#options;
    return new Enrolment({
      ask: async () => {
        const token = await this.token?.fresh();
        if (trackerBase === undefined) return undefined;
        return askToJoin(joinUrl(trackerBase, { stream, session }), token, (...asked) => fetch(...asked));
      },
      onAnswer: (join) => {
        const isFirst = this.isWaiting;
        this.#waitsBecause = undefined;
        if (join) this.#join = join;
        this.#listener.joined(join, isFirst);
      },
      onFailure: (error) => {
        if (error instanceof JoinError && error.details.status === 401) this.token?.refused();
        const { isWaiting } = this;
        if (isWaiting) this.#waitsBecause = error.message;
        this.#listener.failed(error.message, isWaiting);
      },
      clock: systemClock,
      random: Math.random,
    });
  }
}

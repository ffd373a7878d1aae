import type { Clock } from "../clock.js";
import { type Cohort, encodeReport, type Report, type StreamName } from "../protocol/index.js";
import { difference, type ReportTotals } from "./difference.js";

export interface ReporterOptions {
  readonly stream: StreamName;
  readonly session: string;
  readonly cohort: () => Cohort;
  /** How the session stands now. */
  readonly totals: () => ReportTotals;
  readonly post: PostReport;
  /** @default 10_000 */
  readonly intervalMs?: number;
  readonly clock: Clock;
  /** Returns numbers in [0, 1). */
  readonly random: () => number;
}

export type PostAnswer =
  | { readonly at: "answered"; readonly status: number; readonly retryAfterMs: number | undefined }
  /** No answer, or none in time. */
  | { readonly at: "failed" };

export interface PostReport {
  /** Never throws. */
  (body: string): Promise<PostAnswer>;
  /** While the page goes away: nobody waits for the answer. */
  last(body: string): void;
}

const USUAL_INTERVAL_MS = 10_000;
/** Of the interval, to either side, so that players that began together do not report together. */
const JITTER = 0.2;
const LONGEST_PAUSE_MS = 5 * 60_000;
/** An endpoint that has never taken a report after so many tries is taken for absent. */
const TRIES = 5;
/** Nothing at this address will ever take reports. */
const ABSENT = new Set([403, 404, 405, 410, 501]);

/** A report that has not been taken yet; sent again it is the same, so that the receiver can tell. */
interface Pending {
  readonly body: string;
  readonly totals: ReportTotals;
}

/**
 * Posts what has happened since the report before, until it is closed or nobody takes it. A report is written once and
 * sent until it is taken; what happens meanwhile is in the next one.
 */
export class Reporter {
  readonly #options: ReporterOptions;
  #reported: ReportTotals | undefined;
  #pending: Pending | undefined;
  #sequence = 0;
  #failures = 0;
  #hasWorked = false;
  #isSending = false;
  #isOff = false;
  #cancelTimer = () => {};

  readonly #intervalMs: number;

  constructor(options: ReporterOptions) {
    this.#options = options;
    this.#intervalMs = options.intervalMs ?? USUAL_INTERVAL_MS;
    this.#wait(this.#intervalMs);
  }

  /**
   * The page goes away, for good or to come back, or the session is over: the rest is reported. What is on its way is
   * sent again, as its answer may never come.
   */
  flush(): void {
    if (this.#isOff) return;
    const { post } = this.#options;
    if (this.#pending) post.last(this.#pending.body);
    this.#taken();
    const rest = this.#write();
    if (!rest) return;
    post.last(rest.body);
    this.#pending = rest;
    this.#taken();
  }

  close(): void {
    this.flush();
    this.#turnOff();
  }

  async #report(): Promise<void> {
    this.#pending ??= this.#write();
    const pending = this.#pending;
    if (!pending) {
      this.#wait(this.#intervalMs);
      return;
    }
    this.#isSending = true;
    const answer = await this.#options.post(pending.body);
    this.#isSending = false;
    // It was flushed meanwhile.
    if (this.#isOff || this.#pending !== pending) {
      this.#wait(this.#intervalMs);
      return;
    }
    this.#answered(answer);
  }

  #answered(answer: PostAnswer): void {
    const status = answer.at === "answered" ? answer.status : 0;
    if (status >= 200 && status < 300) {
      this.#hasWorked = true;
      this.#failures = 0;
      this.#taken();
      this.#wait(this.#intervalMs);
      return;
    }
    this.#failures++;
    if (ABSENT.has(status) || (!this.#hasWorked && this.#failures >= TRIES)) {
      this.#turnOff();
      return;
    }
    // One that is refused for what it is would be refused again.
    if (status >= 400 && status < 500 && ![401, 408, 429].includes(status)) this.#taken();
    const asked = answer.at === "answered" ? answer.retryAfterMs : undefined;
    const pauseMs = Math.max(asked ?? 0, this.#intervalMs * 2 ** Math.min(this.#failures, 10));
    this.#wait(Math.min(pauseMs, LONGEST_PAUSE_MS));
  }

  /** `undefined` where nothing has happened. */
  #write(): Pending | undefined {
    const { stream, session, cohort, totals: look } = this.#options;
    const totals = look();
    const news = difference(totals, this.#reported);
    if (!isWorthTelling(news)) return undefined;
    const report: Report = { ...news, stream, session, sequence: this.#sequence++, cohort: cohort() };
    return { body: encodeReport(report), totals };
  }

  #taken(): void {
    if (this.#pending) this.#reported = this.#pending.totals;
    this.#pending = undefined;
  }

  #turnOff(): void {
    this.#isOff = true;
    this.#cancelTimer();
  }

  #wait(ms: number): void {
    this.#cancelTimer();
    if (this.#isOff) return;
    const { clock, random } = this.#options;
    this.#cancelTimer = clock.after(ms * (1 + JITTER * (2 * random() - 1)), () => {
      if (!this.#isSending) void this.#report();
    });
  }
}

/** A player that is paused has nothing to say, unless it has peers: then it has to hear what the operator says. */
function isWorthTelling({
  bytes,
  playedS,
  stalls,
  integrity,
  peersRefused,
  peersConnected,
}: ReturnType<typeof difference>): boolean {
  const moved = Object.values(bytes).some((count) => count > 0);
  return moved || playedS > 0 || stalls > 0 || integrity.failures > 0 || peersRefused + peersConnected > 0;
}

import { createParser } from "eventsource-parser";
import { FEED_FORMAT, type LiveMessage } from "../../tracker/live/feed.js";
import { askTracker, RefusedError } from "./ask-tracker.js";

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8_000;
/** Messages come every second. */
const SILENT_AFTER_MS = 8_000;

export type FeedState =
  | { readonly at: "connecting" }
  | { readonly at: "live" }
  | { readonly at: "reconnecting"; readonly since: Date; readonly because: string }
  | { readonly at: "refused"; readonly because: string; readonly asksForToken: boolean }
  /** The tracker speaks another version than this page. */
  | { readonly at: "outdated" };

export interface FeedReaderOptions {
  /** @param isFirst of a connection: its history is whole, later ones only go on. */
  readonly onMessage: (message: LiveMessage, isFirst: boolean) => void;
  readonly onState: (state: FeedState) => void;
}

/**
 * Follows `/live/events`, and comes back when the connection is lost. `EventSource` does the same but cannot send the
 * admin token.
 */
export class FeedReader {
  readonly #options: FeedReaderOptions;
  #following = new AbortController();
  #state: FeedState = { at: "connecting" };

  constructor(options: FeedReaderOptions) {
    this.#options = options;
  }

  /** @param stream absent: all streams. What was followed before is not any more. */
  follow(stream: string | undefined): void {
    this.#following.abort();
    this.#following = new AbortController();
    const query = stream === undefined ? "" : `?${new URLSearchParams({ stream })}`;
    void this.#run(`events${query}`, this.#following.signal);
  }

  async #run(path: string, signal: AbortSignal): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    while (!signal.aborted) {
      let because = "The tracker has ended the connection.";
      try {
        await this.#read(path, signal, () => {
          pauseMs = FIRST_PAUSE_MS;
        });
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof RefusedError) {
          const { message, asksForToken } = error;
          this.#become({ at: "refused", because: message, asksForToken });
          return;
        }
        because = (error as Error).message;
      }
      if (signal.aborted || this.#state.at === "outdated") return;
      const since = this.#state.at === "reconnecting" ? this.#state.since : new Date();
      this.#become({ at: "reconnecting", since, because });
      // Not all pages come back at the same moment.
      await pause(pauseMs * (0.75 + Math.random() / 2), signal);
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
  }

  /** Resolves when the tracker ends the connection. */
  async #read(path: string, signal: AbortSignal, onHeard: () => void): Promise<void> {
    const silence = new AbortController();
    let timer = setTimeout(() => silence.abort(), SILENT_AFTER_MS);
    let isFirst = true;
    const parser = createParser({
      onEvent: ({ data }) => {
        this.#take(JSON.parse(data) as LiveMessage, isFirst);
        isFirst = false;
      },
    });
    try {
      const response = await askTracker(path, AbortSignal.any([signal, silence.signal]));
      const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const part = await reader?.read();
        if (part?.value === undefined || this.#state.at === "outdated" || signal.aborted) return;
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(), SILENT_AFTER_MS);
        onHeard();
        parser.feed(part.value);
      }
    } catch (cause) {
      if (cause instanceof RefusedError || signal.aborted) throw cause;
      if (silence.signal.aborted) throw new Error("The tracker is silent.", { cause });
      // What `fetch` says of a broken connection tells nobody anything.
      if (cause instanceof TypeError) throw new Error("The connection has broken off.", { cause });
      throw cause;
    } finally {
      clearTimeout(timer);
      silence.abort();
    }
  }

  #take(message: LiveMessage, isFirst: boolean): void {
    if (message.format !== FEED_FORMAT) {
      this.#become({ at: "outdated" });
      return;
    }
    this.#options.onMessage(message, isFirst);
    if (this.#state.at !== "live") this.#become({ at: "live" });
  }

  #become(state: FeedState): void {
    this.#state = state;
    this.#options.onState(state);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

// What the process of a run and the processes of its headless viewers tell each other.
import type { HeadlessViewerOptions, ViewerCounts } from "./headless-viewer.js";
import type { PlayedFigures } from "./virtual-player.js";

/** What one viewer does; chance comes from a seed, as functions cannot be sent. */
export interface ViewerOrder extends Omit<HeadlessViewerOptions, "random"> {
  readonly seed: number;
}

export interface ViewerState {
  readonly figures: PlayedFigures;
  readonly counts: ViewerCounts;
  /** A VOD was played to its end. */
  readonly hasEnded: boolean;
  /** Why it cannot play at all. */
  readonly failure: string | undefined;
}

/** To a process of viewers; `id` is the sender's choice. */
export type ViewerCommand =
  | { readonly do: "open"; readonly id: number; readonly order: ViewerOrder }
  | { readonly do: "seek"; readonly id: number; readonly toShare: number }
  | { readonly do: "pause" | "resume" | "close"; readonly id: number };

/** From a process of viewers. */
export type ViewerNews =
  /** It takes commands from now on. */
  | { readonly tells: "ready" }
  | {
      readonly tells: "seen";
      readonly viewers: readonly (readonly [id: number, state: ViewerState])[];
      /** The longest that the process has stood still so far. */
      readonly heldUpMs: number;
    }
  /** A UDP port that one of its connections has, before its peers are told. */
  | { readonly tells: "port"; readonly id: number; readonly port: number }
  /** The answer to `close`. */
  | { readonly tells: "closed"; readonly id: number; readonly state: ViewerState };

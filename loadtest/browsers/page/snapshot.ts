import type { HlsWithNearcast } from "../../../player/index.js";

/** What one viewer shows of itself, the same for every engine. Bytes of segments; times in milliseconds. */
export interface ViewerSnapshot {
  readonly state: "loading" | "playing" | "stalled" | "paused" | "ended" | "failed";
  readonly positionS: number;
  readonly bufferS: number;
  readonly latencyS: number | undefined;
  /** Height of the picture in lines; 0 before the first. */
  readonly height: number;
  readonly startupMs: number | undefined;
  readonly firstPeerMs: number | undefined;
  readonly stalls: number;
  readonly stalledMs: number;
  readonly playedMs: number;
  readonly levelSwitches: number;
  /** Bytes of the segments that were handed to the player. */
  readonly loadedBytes: number;
  /** Complete segments from peers; with what was prefetched. */
  readonly fromPeers: number;
  readonly fromOrigin: number;
  readonly uploaded: number;
  readonly wasted: number;
  readonly peers: number;
  /** Errors that hls.js called fatal, and errors of the page. */
  readonly errors: readonly string[];
}

/** What a viewer page plays, as JSON in its address' `play` parameter. */
export interface ViewerOrder {
  /** hls.js alone, Nearcast, or p2p-media-loader's own engine. */
  readonly engine: "plain" | "nearcast" | "stock";
  readonly src: string;
  readonly tracker: string;
  readonly stream: string;
  /** The page loads its scripts and then waits for `play()`. */
  readonly isHeld?: boolean;
  /** More of hls.js' configuration. */
  readonly hls?: Record<string, unknown>;
  /** More of Nearcast's options. */
  readonly nearcast?: Record<string, unknown>;
  /** More of p2p-media-loader's core options, for its own engine. */
  readonly stock?: Record<string, unknown>;
}

declare global {
  interface Window {
    /** Is told of the page's UDP ports, where whoever drives it must know them. */
    ownUdpPort?(port: number): void;
    /** Begins what the order says. */
    play(): void;
    /** What the viewer page shows to whoever drives it, once it plays. */
    viewer: { readonly hls: HlsWithNearcast; readonly video: HTMLVideoElement; snapshot(): ViewerSnapshot };
  }
}

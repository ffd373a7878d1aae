import type { IntegrityPolicy, IntegrityState } from "./integrity/integrity.js";
import type { Cohort } from "./protocol/index.js";

/**
 * A snapshot of what a player has done since its source began to load.
 *
 * Every byte is counted once. What hls.js was given is `bytes.fromPeers + bytes.fromOrigin`; what the origin has sent
 * is `bytes.fromOrigin + bytes.ahead.fromOrigin + bytes.wasted.fromOrigin`.
 */
export interface NearcastStats {
  /** Random; the same in this session's reports. */
  readonly session: string;
  /** Whether peers are used, and why not. */
  readonly mode: { readonly uses: "peers" } | { readonly uses: "origin"; readonly because: string };
  readonly cohort: Cohort;
  readonly bytes: {
    /** Segments from peers that were handed over for playback. */
    readonly fromPeers: number;
    /** Segments and initialisation segments from the origin that were handed over for playback. */
    readonly fromOrigin: number;
    /** Sent to peers. */
    readonly uploaded: number;
    /** From peers, and not what the playlist says. */
    readonly rejected: number;
    /** Complete, and not asked for yet. */
    readonly ahead: BytesBySource;
    /** Never played: cut off, overtaken by another source, or not reached. */
    readonly wasted: BytesBySource;
  };
  /** Handed over for playback. */
  readonly segments: { readonly fromPeers: number; readonly fromOrigin: number };
  /** Share of the segments' bytes handed over for playback that came from peers, 0 to 1; 0 before the first segment. */
  readonly offload: number;
  /** Peers connected now. */
  readonly peers: number;
  /** Peers that were let go, or not let in, for what they did, and requests that the upload budget did not allow. */
  readonly peersRefused: number;
  /** Without a tracker no new peers are met; those that are connected stay. */
  readonly isTrackerConnected: boolean;
  /** From the beginning of the load to the first connected peer. */
  readonly firstPeerMs: number | undefined;
  /** From the wish to play until the first frame moved. */
  readonly startupMs: number | undefined;
  /** Stops of playback for lack of data, longer than 100 ms, outside of seeks. */
  readonly stalls: number;
  readonly stalledMs: number;
  readonly playedMs: number;
  /** Seconds of media ahead of the playhead. */
  readonly bufferS: number;
  /** Seconds behind the live edge; `undefined` for VOD. */
  readonly latencyS: number | undefined;
  readonly levelSwitches: number;
  /** Segments held in memory for playback and for peers. */
  readonly storedBytes: number;
  readonly integrity: IntegrityStats;
}

export interface BytesBySource {
  readonly fromPeers: number;
  readonly fromOrigin: number;
}

export interface IntegrityStats {
  readonly policy: IntegrityPolicy;
  /** Whether the newest playlist vouches for its segments, and why not. */
  readonly state: IntegrityState;
  /** Segments from peers that were not what the playlist says. */
  readonly failures: number;
  /** The part of `bytes.fromPeers` that nothing vouched for; 0 unless the policy is `optional` or `off`. */
  readonly unverifiedBytes: number;
}

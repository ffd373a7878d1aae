/** A snapshot of what a player has done since its source began to load. Bytes are whole segments' unless said otherwise. */
export interface NearcastStats {
  /** Whether peers are used, and why not. */
  readonly mode: { readonly uses: "peers" } | { readonly uses: "origin"; readonly because: string };
  readonly bytes: {
    /** Complete segments that came from peers. */
    readonly fromPeers: number;
    /** Complete segments and initialisation segments that came from the origin. */
    readonly fromOrigin: number;
    /** Sent to peers. */
    readonly uploaded: number;
    /** Came from peers and were thrown away: cut off, refused, or overtaken by the origin. */
    readonly wasted: number;
  };
  readonly segments: { readonly fromPeers: number; readonly fromOrigin: number };
  /** Share of the received segments' bytes that came from peers, 0 to 1; 0 before the first segment. */
  readonly offload: number;
  /** Peers connected now. */
  readonly peers: number;
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
}

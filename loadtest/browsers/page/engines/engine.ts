import type Hls from "hls.js";
import type { HlsWithNearcastClass } from "../../../../player/index.js";
import type { ViewerOrder, ViewerSnapshot } from "../snapshot.js";

/** What an engine alone knows of its bytes and peers. */
export type Traffic = Pick<
  ViewerSnapshot,
  "firstPeerMs" | "fromPeers" | "fromOrigin" | "uploaded" | "wasted" | "peers"
>;

/** A player of one engine; everything else about it is measured alike for all of them. */
export interface EnginePlayer {
  readonly hls: Hls;
  /** @param loadedBytes what hls.js was handed so far. */
  traffic(loadedBytes: number): Traffic;
}

/** One per engine. `Hls` is the class of the <script> bundle; without the `nearcast` option it is hls.js'. */
export type OpenEngine = (Hls: HlsWithNearcastClass, order: ViewerOrder) => EnginePlayer;

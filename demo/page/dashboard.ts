import { formatBytes } from "../../pages/format.js";
import { Notice } from "../../pages/notice.js";
import { part } from "../../pages/part.js";
import { TileList } from "../../pages/tile-list.js";
import type { NearcastPlayerElement } from "../../player/element.js";
import type { NearcastStats } from "../../player/index.js";
import { ByteHistory } from "./byte-history.js";
import { peerNotice } from "./peer-notice.js";
import { onPlayer } from "./player-events.js";
import { SourceChart } from "./source-chart.js";
import { describeStats } from "./tiles.js";

const SPAN_MS = 120_000;
/** Segments last 2 s and are counted when they are complete: a shorter mean would draw single peaks. */
const CHART_MEAN_MS = 4_000;
const CHART_STEP_MS = 1_000;
const BITRATE_MEAN_MS = 10_000;

/** Chart, legend, tiles and notice for what one player does. */
export class Dashboard {
  readonly #player: NearcastPlayerElement;
  readonly #chart = new SourceChart(part("chart"), { spanMs: SPAN_MS });
  readonly #peersTotal = part("peers-total");
  readonly #originTotal = part("origin-total");
  readonly #tiles = new TileList(part("tiles"));
  readonly #notice = new Notice(part("peer-notice"));
  readonly #history = new ByteHistory({ keepMs: SPAN_MS });
  readonly #peerIds = new Set<string>();
  #trackerFailedAt: string | undefined;

  constructor(player: NearcastPlayerElement) {
    this.#player = player;
    onPlayer(player, "peerconnected", ({ peerId }) => {
      this.#peerIds.add(peerId);
      this.#trackerFailedAt = undefined;
    });
    onPlayer(player, "peerdisconnected", ({ peerId }) => this.#peerIds.delete(peerId));
    onPlayer(player, "trackerfailed", () => {
      this.#trackerFailedAt = new Date().toLocaleTimeString();
    });
  }

  /** The player begins anew with another stream. */
  clear(): void {
    this.#history.clear();
    // The first look at the player comes when it has received bytes already.
    this.#history.add(performance.now(), { fromPeers: 0, fromOrigin: 0 });
    this.#peerIds.clear();
    this.#trackerFailedAt = undefined;
  }

  update(): void {
    const { hls, stats, video } = this.#player;
    if (stats) this.#showStats(stats);
    const sentence = peerNotice({
      mode: stats?.mode,
      playsNatively: !hls && video.hasAttribute("src"),
      peers: stats?.peers ?? 0,
      trackerFailedAt: this.#trackerFailedAt,
    });
    if (sentence) this.#notice.show(sentence);
    else this.#notice.hide();
  }

  #showStats(stats: NearcastStats): void {
    this.#history.add(performance.now(), stats.bytes);
    const fromPeers = formatBytes(stats.bytes.fromPeers);
    const fromOrigin = formatBytes(stats.bytes.fromOrigin);
    this.#peersTotal.textContent = fromPeers;
    this.#originTotal.textContent = fromOrigin;
    this.#chart.show(
      this.#history.rates({ stepMs: CHART_STEP_MS, meanMs: CHART_MEAN_MS }),
      `Bytes per second over the last two minutes. In all, ${fromPeers} from peers and ${fromOrigin} from the origin.`,
    );
    const rate = this.#history.rateNow(BITRATE_MEAN_MS);
    this.#tiles.show(describeStats(stats, { peerIds: [...this.#peerIds], rate }));
  }
}

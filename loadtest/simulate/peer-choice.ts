// Which of its peers a viewer asks for a segment.
import { SIMULTANEOUS_TRANSFERS } from "../../player/pml/transfer-limits.js";
import { isIn } from "./holdings.js";
import type { Viewer } from "./viewer.js";
import type { Want } from "./want.js";
import type { World } from "./world.js";

/**
 * In larger audiences refusals take no time: to look at each of them more than doubles what a simulation costs, and
 * changed the offload of 2,000 viewers by 0.1 points.
 */
const MOST_REFUSED_IN_TIME = 200;

export class PeerChoice {
  readonly #world: World;
  readonly #candidates: number[] = [];
  /** Whether full peers are asked, too, and answer a round trip later; otherwise it is known who is full. */
  readonly asksInVain: boolean;

  constructor(world: World) {
    this.#world = world;
    this.asksInVain = world.scenario.audience.viewers <= MOST_REFUSED_IN_TIME;
  }

  /** Whether one more transfer may come to the viewer. */
  hasRoom({ transfers, intakeLimit }: Viewer): boolean {
    return transfers.length < Math.min(SIMULTANEOUS_TRANSFERS, intakeLimit);
  }

  /** One segment at a time comes from each peer. */
  isBusy({ transfers }: Viewer, peer: number): boolean {
    if (transfers.length === 0) return false;
    const viewer = this.#world.viewer(peer);
    for (const { from } of transfers) if (from === viewer) return true;
    return false;
  }

  /**
   * One of the peers that have it, and room for another upload where that is known; those that were fast lately more
   * likely, as p2p-media-loader chooses.
   */
  choose(viewer: Viewer, want: Want): Viewer | undefined {
    const { neighbours, desk, intake, reputation } = this.#world;
    const row = this.#world.shown[viewer.rendition]?.row(want.segment);
    if (!row) return undefined;
    const { peers, rates } = neighbours;
    const first = neighbours.first(viewer);
    const end = first + viewer.peerCount;
    const candidates = this.#candidates;
    candidates.length = 0;
    let fastest = 0;
    for (let place = first; place < end; place++) {
      const peer = peers[place] as number;
      if (!isIn(row, peer) || this.isBusy(viewer, peer) || want.refusedBy?.has(peer)) continue;
      want.isOffered ||= reputation.isTrusted(viewer, this.#world.viewer(peer));
      if (!this.asksInVain && desk.isFullFor(peer, want.segment)) {
        desk.refuse(this.#world.viewer(peer), want.segment);
        continue;
      }
      candidates.push(place);
      fastest = Math.max(fastest, rates[place] as number);
    }
    if (candidates.length === 0 || !intake.wants(viewer, want)) return undefined;
    const chosen = this.#pick(candidates, fastest);
    if (this.asksInVain || desk.admits(chosen, want.segment)) return chosen;
    // It is known to be full now.
    return this.choose(viewer, want);
  }

  #pick(candidates: readonly number[], fastest: number): Viewer {
    const { peers, rates } = this.#world.neighbours;
    const least = fastest === 0 ? 1 : fastest / 10;
    let left = 0;
    for (const place of candidates) left += Math.max(rates[place] as number, least);
    left *= this.#world.random();
    for (const place of candidates) {
      left -= Math.max(rates[place] as number, least);
      if (left < 0) return this.#world.viewer(peers[place] as number);
    }
    return this.#world.viewer(peers[candidates[0] as number] as number);
  }

  /** Whether any of the peers that are counted on has announced it. */
  isShown(viewer: Viewer, { segment }: Want): boolean {
    const row = this.#world.shown[viewer.rendition]?.row(segment);
    if (!row) return false;
    const { neighbours, reputation } = this.#world;
    const first = neighbours.first(viewer);
    const end = first + viewer.peerCount;
    for (let place = first; place < end; place++) {
      const peer = neighbours.peers[place] as number;
      if (isIn(row, peer) && reputation.isTrusted(viewer, this.#world.viewer(peer))) return true;
    }
    return false;
  }
}

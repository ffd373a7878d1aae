import type { Flow } from "./links.js";
import type { Coming } from "./schedule.js";
import { Viewer } from "./viewer.js";
import type { Want } from "./want.js";
import type { World } from "./world.js";

/**
 * Reads what the next events will read, many of them at a time. Of memory that lies further away than the caches, a
 * processor fetches thirty pieces in the time of one, if only it is not made to wait for one before it hears of the
 * next, as it is by events that happen one after the other. Each loop therefore reads one thing of all, and only what
 * the loop before has made known the place of. What is read is not used: results do not depend on it.
 */
export class Ahead {
  readonly #world: World;
  readonly #viewers: Viewer[] = [];
  readonly #listeners: number[] = [];
  readonly #wants: Want[] = [];
  readonly #flows: Flow[] = [];
  /** Of all that was read: engines leave out what is read for nothing. */
  sum = 0;

  constructor(world: World) {
    this.#world = world;
  }

  look({ viewers, announcers, flows }: Coming): void {
    const { links } = this.#world;
    let sum = 0;
    for (const index of flows) sum += links.glance(index);
    for (const index of flows) sum += links.at(index).index;
    // Those whom the flows are from or to.
    for (const index of flows) {
      const { toIndex, fromIndex } = links.at(index);
      viewers.push(toIndex);
      if (fromIndex !== toIndex) viewers.push(fromIndex);
    }
    this.sum = sum;
    this.#lookAtViewers(viewers);
    this.#lookAtViewers(this.#listenersOf(announcers));
  }

  /** Peers for whom there will be something. */
  #listenersOf(announcers: readonly number[]): number[] {
    const { neighbours, announcements } = this.#world;
    const listeners = this.#listeners;
    listeners.length = 0;
    let sum = 0;
    for (const index of announcers) sum += neighbours.glance(index);
    this.sum = sum;
    for (const index of announcers) announcements.listeners(this.#world.viewer(index), listeners);
    return listeners;
  }

  #lookAtViewers(indices: readonly number[]): void {
    const { memory } = this.#world;
    let sum = 0;
    for (const index of indices) sum += Viewer.glance(memory, index);
    for (const index of indices) sum += this.#world.viewer(index).index;
    const viewers = this.#viewers;
    viewers.length = 0;
    for (const index of indices) viewers.push(this.#world.viewer(index));
    for (const { wants, transfers, downloads, uploads } of viewers)
      sum += wants.length + transfers.length + downloads.length + uploads.length;
    for (const { wants, transfers, downloads, uploads } of viewers) {
      if (wants[0] === undefined) sum++;
      if (transfers[0] === undefined) sum++;
      if (downloads[0] === undefined) sum++;
      if (uploads[0] === undefined) sum++;
    }
    this.sum = sum + this.#lookAtWants(viewers) + this.#lookAtFlows(viewers);
  }

  #lookAtWants(viewers: readonly Viewer[]): number {
    const all = this.#wants;
    all.length = 0;
    for (const { wants } of viewers)
      for (let place = 0; place < wants.length; place++) all.push(wants[place] as Want);
    let sum = 0;
    for (const want of all) if (want.fetch) sum++;
    for (const want of all) sum += want.segment;
    return sum;
  }

  #lookAtFlows(viewers: readonly Viewer[]): number {
    const all = this.#flows;
    all.length = 0;
    for (const { transfers, downloads, uploads } of viewers) {
      for (let place = 0; place < transfers.length; place++) all.push(transfers[place] as Flow);
      for (let place = 0; place < downloads.length; place++) all.push(downloads[place] as Flow);
      for (let place = 0; place < uploads.length; place++) all.push(uploads[place] as Flow);
    }
    let sum = 0;
    for (const flow of all) sum += flow.index;
    for (const flow of all) sum += flow.bytes + flow.askedAtMs;
    return sum;
  }
}

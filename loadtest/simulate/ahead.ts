import { Viewer } from "./viewer.js";
import type { Want } from "./want.js";
import type { World } from "./world.js";

/**
 * Reads what the next events will read, many of them at a time. Of memory that lies further away than the caches, a
 * processor fetches thirty pieces in the time of one, if only it is not made to wait for one before it hears of the
 * next, as it is by events that happen one after the other. What is read is not used: results do not depend on it.
 */
export class Ahead {
  readonly #world: World;
  readonly #wants: Want[] = [];
  /** Of all that was read: engines leave out what is read for nothing. */
  sum = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** @param viewers whom the next events are about; those whom the flows are from or to are added. */
  look(viewers: number[], flows: readonly number[]): void {
    const { links } = this.#world;
    let sum = 0;
    for (const index of flows) sum += links.glance(index);
    for (const index of flows) {
      const flow = links.at(index);
      if (!flow) continue;
      viewers.push(flow.to.index);
      if (flow.from) viewers.push(flow.from.index);
    }
    this.sum = sum + this.#lookAtViewers(viewers) + this.#lookAtWants(viewers);
  }

  #lookAtViewers(indices: readonly number[]): number {
    const { memory } = this.#world;
    let sum = 0;
    for (const index of indices) sum += Viewer.glance(memory, index);
    for (const index of indices) sum += this.#world.viewer(index).index;
    for (const index of indices) {
      const { wants, transfers, downloads, uploads } = this.#world.viewer(index);
      sum += wants.length + transfers.length + downloads.length + uploads.length;
    }
    return sum;
  }

  #lookAtWants(indices: readonly number[]): number {
    const wants = this.#wants;
    wants.length = 0;
    for (const index of indices) for (const want of this.#world.viewer(index).wants) wants.push(want);
    let sum = 0;
    for (const want of wants) if (want.fetch) sum++;
    for (const want of wants) sum += want.segment + want.restUntilMs;
    return sum;
  }
}

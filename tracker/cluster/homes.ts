/** How much of what was seen last counts against all before. */
const WEIGHT = 0.2;
/** With as many at home as elsewhere, a message that is saved costs as much as the bytes that are sent for nothing. */
const SHARE = 0.5;

/**
 * Where those whom swarms' homes choose have their sockets. Offers can go to the home together with their announce, so
 * that it passes them on itself; those that are for others have then gone there for nothing.
 */
export class Homes {
  /** By node: of those that it has chosen, the share whose sockets it has itself. */
  readonly #shares = new Map<string, number>();

  /** @param atHome of all that a node has chosen for one announce, those whose sockets it has itself. */
  note(node: string, atHome: number, all: number): void {
    if (all === 0) return;
    const before = this.#shares.get(node) ?? 0;
    this.#shares.set(node, before + WEIGHT * (atHome / all - before));
  }

  /** Whether offers had better go along with their announces. */
  takesOffers(node: string): boolean {
    return (this.#shares.get(node) ?? 0) >= SHARE;
  }

  /** Nodes that are gone do not come back: a tracker that starts again is another one. */
  forget(nodes: readonly string[]): void {
    for (const node of nodes) this.#shares.delete(node);
  }
}

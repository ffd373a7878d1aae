/** How busy the whole machine was in any part of a run, from looks at it that are about a second apart. */
export class MachineUse {
  readonly #looks: { readonly atMs: number; readonly busyMs: number }[] = [];

  /**
   * @param busyMs as `machineBusyMs` has it.
   */
  look(atMs: number, busyMs: number): void {
    this.#looks.push({ atMs, busyMs });
  }

  /** Cores used on average between the looks that lie in this time; `null` where fewer than two do. */
  coresBetween(fromMs: number, toMs: number): number | null {
    const inside = this.#looks.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
    const [first] = inside;
    const last = inside.at(-1);
    if (!first || !last || last.atMs <= first.atMs) return null;
    return (last.busyMs - first.busyMs) / (last.atMs - first.atMs);
  }
}

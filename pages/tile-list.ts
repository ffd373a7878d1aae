/** A figure with its name and a line that explains it. */
export interface Tile {
  readonly label: string;
  readonly value: string;
  readonly detail: string;
  readonly isWide?: boolean;
  /** Whether it is not as it should be. */
  readonly isWrong?: boolean;
}

interface TileElements {
  readonly group: HTMLElement;
  readonly value: HTMLElement;
  readonly detail: HTMLElement;
}

/** Shows tiles in a `<dl>`. Only texts that changed are written. */
export class TileList {
  readonly #parent: HTMLElement;
  readonly #elements = new Map<string, TileElements>();

  constructor(parent: HTMLElement) {
    this.#parent = parent;
  }

  show(tiles: readonly Tile[]): void {
    for (const tile of tiles) {
      const { group, value, detail } = this.#elements.get(tile.label) ?? this.#add(tile);
      if (value.textContent !== tile.value) value.textContent = tile.value;
      if (detail.textContent !== tile.detail) detail.textContent = tile.detail;
      group.classList.toggle("wrong", tile.isWrong === true);
    }
  }

  #add(tile: Tile): TileElements {
    const group = document.createElement("div");
    group.classList.toggle("wide", tile.isWide === true);
    const label = document.createElement("dt");
    label.textContent = tile.label;
    const value = document.createElement("dd");
    value.className = "value";
    const detail = document.createElement("dd");
    detail.className = "detail";
    group.append(label, value, detail);
    this.#parent.append(group);
    const elements = { group, value, detail };
    this.#elements.set(tile.label, elements);
    return elements;
  }
}

import { Core, type SegmentStorage } from "p2p-media-loader-core";
import type { SwarmListener } from "./swarm-core.js";

/** PML's view of what this viewer holds. Nothing is stored here; the listener answers. */
export class SwarmStorage implements SegmentStorage {
  readonly #listener: SwarmListener;
  #onChange: ((streamId: string) => void) | undefined;
  #streamId: string | undefined;
  #ownRequest: number | undefined;

  constructor(listener: SwarmListener) {
    this.#listener = listener;
  }

  /** Lets PML announce what is stored now. */
  changed(): void {
    if (this.#streamId !== undefined) this.#onChange?.(this.#streamId);
  }

  /**
   * PML calls this just before it joins the swarm. It keeps one peer id per swarm for the whole page, so that a second
   * player, or this one on its return, would be taken for the first; destroying any core clears that memory.
   */
  async initialize(): Promise<void> {
    new Core().destroy();
  }

  onPlaybackUpdated(): void {}

  /** PML calls this, `hasSegment` and `getSegmentData` in one go for its own player; peers' requests come without it. */
  onSegmentRequested(_swarmId: string, streamId: string, number: number): void {
    this.#streamId = streamId;
    this.#ownRequest = number;
  }

  /** Segments are taken over when they are checked, before PML offers them for storage. */
  async storeSegment(): Promise<void> {}

  hasSegment(_swarmId: string, _streamId: string, number: number): boolean {
    // PML asks peers for all that it believes not to be stored.
    const isStored = !this.#listener.isWanted(number);
    if (!isStored && this.#ownRequest === number) this.#ownRequest = undefined;
    return isStored;
  }

  getSegmentData(_swarmId: string, streamId: string, number: number): Promise<ArrayBuffer | undefined> {
    this.#streamId = streamId;
    if (this.#ownRequest === number) {
      this.#ownRequest = undefined;
      // Any data says "there"; the player is served by the fragment loader.
      return Promise.resolve(new ArrayBuffer(0));
    }
    return Promise.resolve(this.#listener.uploadAsked(number));
  }

  getStoredSegmentIds(): number[] {
    return this.#listener.stored();
  }

  /** PML stops prefetching when this runs full; the store makes room by itself. */
  getUsage(): { totalCapacity: number; usedCapacity: number } {
    return { totalCapacity: 1, usedCapacity: 0 };
  }

  setSegmentChangeCallback(callback: (streamId: string) => void): void {
    this.#onChange = callback;
  }

  destroy(): void {
    this.#onChange = undefined;
  }
}

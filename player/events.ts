/** Events of a player's `nearcast` object, by name, with what their `detail` holds. */
export interface NearcastEventMap {
  /** A data channel to a peer is open. */
  peerconnected: CustomEvent<{ readonly peerId: string }>;
  peerdisconnected: CustomEvent<{ readonly peerId: string }>;
  /** A segment is complete. Not every one has been asked for by the player yet. */
  segmentloaded: CustomEvent<{
    readonly url: string;
    readonly bytes: number;
    readonly source: "peer" | "origin";
    /** The peer that delivered it, or its last part; `undefined` for the origin. */
    readonly peerId: string | undefined;
  }>;
  /** A segment from peers was not what its playlist says. It was thrown away and is fetched again. */
  segmentrejected: CustomEvent<{
    readonly url: string;
    readonly bytes: number;
    /** The peer that delivered all of it, which is dropped; `undefined` where several may have had a part in it. */
    readonly peerId: string | undefined;
  }>;
  /** The tracker cannot be reached or has refused. Playback goes on; the player tries again by itself. */
  trackerfailed: CustomEvent<{ readonly message: string }>;
}

export type NearcastEventName = keyof NearcastEventMap;

type Listener<Name extends NearcastEventName> = (event: NearcastEventMap[Name]) => void;

/** An `EventTarget` whose listeners are typed by {@link NearcastEventMap}. */
export interface NearcastEventTarget {
  addEventListener<Name extends NearcastEventName>(
    name: Name,
    listener: Listener<Name> | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<Name extends NearcastEventName>(
    name: Name,
    listener: Listener<Name> | null,
    options?: boolean | EventListenerOptions,
  ): void;
  dispatchEvent(event: NearcastEventMap[NearcastEventName]): boolean;
}

export const NearcastEventTarget = EventTarget as unknown as { new (): NearcastEventTarget };

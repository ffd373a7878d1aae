/** Media that a viewer plays so soon has to be fetched from the origin soon, if nobody sends it. */
const SOON_S = 6;

/** A free uplink is kept so long for whoever needs a segment sooner: an announcement and a request have to travel. */
export const TURN_MS = 250;

/** Where a segment lies in a live timeline, and where the uploader's playhead is in it, in seconds. */
export interface LivePlace {
  readonly startS: number;
  readonly positionS: number;
}

/**
 * Whether whoever asks for this is in a hurry. Viewers of one live stream are about as far: what is about to be played
 * here is about to be played there.
 */
export function isNeededSoon({ startS, positionS }: LivePlace): boolean {
  return startS - positionS < SOON_S;
}

/**
 * Whether a request may be served before one that was turned away and is for something that is needed soon. On narrow
 * uplinks one segment goes after the other; what a newcomer needs in two seconds would wait behind what others need in
 * ten.
 *
 * @param startS start of the requested segment; `undefined` on demand, where it tells nothing of who needs it sooner.
 * @param firstS start of the earliest segment that was turned away and is needed soon; `undefined` for none.
 * @param freeMs since the uplink has had room, and all who wait were told so.
 */
export function mayGoFirst(startS: number | undefined, firstS: number | undefined, freeMs: number): boolean {
  if (firstS === undefined || freeMs >= TURN_MS) return true;
  return startS !== undefined && startS <= firstS;
}

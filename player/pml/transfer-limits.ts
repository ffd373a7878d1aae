/** Large enough for a busy neighbour to come back to a transfer; playback's deadlines do not depend on it. */
export const TRANSFER_SILENCE_MS = 5_000;
/** A transfer from a slow peer must not keep others from starting, nor hide that somebody has a segment. */
export const SIMULTANEOUS_TRANSFERS = 12;

const SHOWN_CHARACTERS = 6;

/** Peer ids begin alike and end with random characters, which are enough to tell a few peers apart. */
export function shortPeerId(peerId: string): string {
  return peerId.slice(-SHOWN_CHARACTERS);
}

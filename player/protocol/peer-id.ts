import { PROTOCOL_VERSION } from "./version.js";

/** What a peer is willing to do, as it tells others by a letter in its peer id. */
export type Capability =
  /** Fetches from the origin for others and uploads. */
  | "seed"
  /** Downloads only: never elected, never asked to upload. */
  | "leech";

const LETTER_OF: Record<Capability, string> = { seed: "S", leech: "L" };
const CAPABILITY_OF = new Map(
  Object.entries(LETTER_OF).map(([name, letter]) => [letter, name as Capability]),
);

const RANDOM_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const HEAD_LENGTH = "-NC1S-".length;

/** Length of a BitTorrent peer id in characters (BEP 3). */
export const PEER_ID_LENGTH = 20;

/**
 * Makes a peer id in the Azureus style: `-NC`, the protocol version, a capability letter, `-`, then 14 random
 * letters and digits (83 bits).
 *
 * @param random returns numbers in [0, 1).
 */
export function createPeerId(capability: Capability, random: () => number): string {
  let id = `-NC${PROTOCOL_VERSION}${LETTER_OF[capability]}-`;
  while (id.length < PEER_ID_LENGTH) {
    id += RANDOM_CHARACTERS[Math.floor(random() * RANDOM_CHARACTERS.length)];
  }
  return id;
}

/** What another peer's id says about it; `undefined` for peers that are not Nearcast's or of another protocol version. */
export function capabilityOf(peerId: string): Capability | undefined {
  if (peerId.length !== PEER_ID_LENGTH || !peerId.startsWith(`-NC${PROTOCOL_VERSION}`)) return undefined;
  if (peerId[HEAD_LENGTH - 1] !== "-") return undefined;
  return CAPABILITY_OF.get(peerId[HEAD_LENGTH - 2] ?? "");
}

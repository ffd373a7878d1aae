import { type InfoHash, type OfferId, type PeerId, parseBytes20 } from "./bytes20.js";
import type { Frame } from "./frame.js";
import { type JsonObject, parseJsonObject } from "./json-object.js";
import { parseSessionDescription, type SdpLiteral } from "./session-description.js";
import { malformed } from "./wire-error.js";

/** "I am in this swarm" (or leave it), with offers for other peers in it. */
export interface Announce {
  readonly kind: "announce";
  readonly infoHash: InfoHash;
  readonly peerId: PeerId;
  readonly event: AnnounceEvent;
  /** Bytes that the peer still lacks, 0 for a complete copy; absent where it does not say. */
  readonly left?: number;
  readonly offers: readonly Offer[];
}

export interface Offer {
  readonly offerId: OfferId;
  readonly sdp: SdpLiteral;
}

export const ANNOUNCE_EVENTS = ["started", "stopped", "completed", "update", "paused"] as const;
export type AnnounceEvent = (typeof ANNOUNCE_EVENTS)[number];

/** Whether the peer says that it has everything. */
export function isComplete({ left, event }: Announce): boolean {
  return left === 0 || event === "completed";
}

/** @throws {WireError} naming the field. */
export function parseAnnounce(
  json: JsonObject,
  frame: Frame,
  limits: { readonly maxOffers: number },
): Announce {
  const left = parseLeft(json.left);
  return {
    kind: "announce",
    infoHash: parseBytes20<InfoHash>(json.info_hash, "info_hash"),
    peerId: parseBytes20<PeerId>(json.peer_id, "peer_id"),
    event: parseEvent(json.event),
    ...(left === undefined ? {} : { left }),
    offers: parseOffers(json.offers, frame, limits.maxOffers),
  };
}

/** Clients leave the event out of regular announces; some send an empty one instead. */
function parseEvent(value: unknown): AnnounceEvent {
  if (value === undefined || value === null || value === "" || value === "empty") return "update";
  const event = ANNOUNCE_EVENTS.find((known) => known === value);
  if (event === undefined) throw malformed("event", `one of ${ANNOUNCE_EVENTS.join(", ")}`, value);
  return event;
}

/** JSON has no Infinity, which is what clients of unknown size have: it arrives as null. */
function parseLeft(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number" || value < 0) throw malformed("left", "a number from 0 or null", value);
  return value;
}

function parseOffers(value: unknown, frame: Frame, maxOffers: number): Offer[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.length > maxOffers) {
    throw malformed("offers", `an array of at most ${maxOffers}`, value);
  }
  return value.map((item: unknown, index) => {
    const where = `offers[${index}]`;
    const json = parseJsonObject(item, where);
    return {
      offerId: parseBytes20<OfferId>(json.offer_id, `${where}.offer_id`),
      sdp: parseSessionDescription(json.offer, "offer", `${where}.offer`, frame),
    };
  });
}

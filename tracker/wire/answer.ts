import { type InfoHash, type OfferId, type PeerId, parseBytes20 } from "./bytes20.js";
import type { Frame } from "./frame.js";
import type { JsonObject } from "./json-object.js";
import { parseSessionDescription, type SdpLiteral } from "./session-description.js";

/** The reply to another peer's offer. On the wire it is an `announce` with an `answer` in it. */
export interface Answer {
  readonly kind: "answer";
  readonly infoHash: InfoHash;
  readonly peerId: PeerId;
  readonly toPeerId: PeerId;
  readonly offerId: OfferId;
  readonly sdp: SdpLiteral;
}

/** @throws {WireError} naming the field. */
export function parseAnswer(json: JsonObject, frame: Frame): Answer {
  return {
    kind: "answer",
    infoHash: parseBytes20<InfoHash>(json.info_hash, "info_hash"),
    peerId: parseBytes20<PeerId>(json.peer_id, "peer_id"),
    toPeerId: parseBytes20<PeerId>(json.to_peer_id, "to_peer_id"),
    offerId: parseBytes20<OfferId>(json.offer_id, "offer_id"),
    sdp: parseSessionDescription(json.answer, "answer", "answer", frame),
  };
}

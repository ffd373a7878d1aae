import type { InfoHash, OfferId, PeerId } from "./bytes20.js";
import { toBytes } from "./frame.js";
import type { SdpLiteral } from "./session-description.js";

/** How many peers of a swarm have everything and how many have not; BEP 48's names. */
export interface SwarmCounts {
  readonly complete: number;
  readonly incomplete: number;
}

/** Replies are frames' text as bytes, see frame.ts. */
export function encodeAnnounceReply(
  infoHash: InfoHash,
  intervalS: number,
  { complete, incomplete }: SwarmCounts,
): string {
  return `{"action":"announce","interval":${intervalS},"info_hash":${JSON.stringify(infoHash)},"complete":${complete},"incomplete":${incomplete}}`;
}

/** Another peer's offer. */
export function encodeOffer(infoHash: InfoHash, from: PeerId, offerId: OfferId, sdp: SdpLiteral): string {
  return `{"action":"announce","offer":{"type":"offer","sdp":${sdp}},${relayed(infoHash, from, offerId)}`;
}

/** Another peer's answer. */
export function encodeAnswer(infoHash: InfoHash, from: PeerId, offerId: OfferId, sdp: SdpLiteral): string {
  return `{"action":"announce","answer":{"type":"answer","sdp":${sdp}},${relayed(infoHash, from, offerId)}`;
}

function relayed(infoHash: InfoHash, from: PeerId, offerId: OfferId): string {
  return `"offer_id":${JSON.stringify(offerId)},"peer_id":${JSON.stringify(from)},"info_hash":${JSON.stringify(infoHash)}}`;
}

export function encodeScrapeReply(swarms: readonly (readonly [InfoHash, SwarmCounts])[]): string {
  const files = swarms.map(
    ([infoHash, { complete, incomplete }]) =>
      `${JSON.stringify(infoHash)}:{"complete":${complete},"incomplete":${incomplete},"downloaded":${complete}}`,
  );
  return `{"action":"scrape","files":{${files.join(",")}}}`;
}

/**
 * Tells a client why its message was not served.
 *
 * Stock clients drop the whole connection when the action is neither `announce` nor `scrape`, and throw when
 * `info_hash` is no string: hence the action, and the empty string where the swarm is unknown. A client
 * reports the failure of its own swarm as a warning and ignores those of others.
 */
export function encodeRefusal(sentence: string, infoHash: InfoHash | undefined): string {
  const reason = toBytes(JSON.stringify(sentence));
  return `{"action":"announce","failure reason":${reason},"info_hash":${JSON.stringify(infoHash ?? "")}}`;
}

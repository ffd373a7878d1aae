import type { InfoHash } from "./bytes20.js";

/**
 * Tells a client why its message was not served.
 *
 * Stock clients drop the whole connection when the action is neither `announce` nor `scrape`, and throw when
 * `info_hash` is no string: hence the action, and the empty string where the swarm is unknown. A client
 * reports the failure of its own swarm as a warning and ignores those of others.
 */
export function encodeRefusal(sentence: string, infoHash: InfoHash | undefined): string {
  return JSON.stringify({ action: "announce", "failure reason": sentence, info_hash: infoHash ?? "" });
}

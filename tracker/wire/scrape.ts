import { type InfoHash, parseBytes20 } from "./bytes20.js";
import type { JsonObject } from "./json-object.js";
import { malformed } from "./wire-error.js";

/** "How many peers are in these swarms?" */
export interface Scrape {
  readonly kind: "scrape";
  readonly infoHashes: readonly InfoHash[];
}

/** As many as one socket may be in by default. */
export const MAX_SCRAPED_SWARMS = 32;

/**
 * Other trackers answer a scrape without info_hash with a list of all swarms. Here it is refused: that list
 * tells everybody what everybody watches.
 *
 * @throws {WireError} naming the field.
 */
export function parseScrape(json: JsonObject): Scrape {
  const value = json.info_hash;
  if (!Array.isArray(value)) return { kind: "scrape", infoHashes: [parseBytes20(value, "info_hash")] };
  if (value.length === 0 || value.length > MAX_SCRAPED_SWARMS) {
    throw malformed("info_hash", `a string of 20 bytes or an array of 1-${MAX_SCRAPED_SWARMS}`, value);
  }
  return {
    kind: "scrape",
    infoHashes: value.map((item: unknown, index) => parseBytes20<InfoHash>(item, `info_hash[${index}]`)),
  };
}

import { type Place, UNKNOWN } from "../nearness/place.js";
import { hash } from "./ring.js";

/** Viewers of a stream that one shard is meant for. Well above what neighbourhoods need to be full. */
const VIEWERS_PER_SHARD = 5000;
const MAX_SHARDS = 1024;

/** How many shards a stream is divided into: a power of two, so that shards split and viewers do not all move. */
export function shardCount(viewers: number): number {
  let shards = 1;
  while (shards < MAX_SHARDS && viewers > shards * VIEWERS_PER_SHARD) shards *= 2;
  return shards;
}

/** Neighbours are in one shard: those of one of the operator's networks, else of one ASN, else of one /16 or /32. */
export function shardOf(place: Place, shards: number): number {
  if (shards === 1) return 0;
  const { asn, network, country, prefix } = place;
  const neighbourhood =
    network !== UNKNOWN
      ? `network ${network}`
      : asn !== UNKNOWN
        ? `asn ${asn} ${country}`
        : `prefix ${Math.floor(prefix / (prefix < 0 ? 2 ** 8 : 2 ** 16))}`;
  return hash(neighbourhood) % shards;
}

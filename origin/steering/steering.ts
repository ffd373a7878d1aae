/** Several hosts for the same streams, between which players choose and fail over (RFC 8216bis, 7). */
export interface SteeringConfig {
  /** In the order in which players should use them. */
  pathways: readonly Pathway[];
  /**
   * How soon players ask again which pathway to use.
   * @default 300
   */
  ttlSeconds?: number;
}

export interface Pathway {
  /** Letters, digits, `.`, `_` or `-`. The address that a player has loaded the playlist from is `.`. */
  id: string;
  /** Host name that replaces the one of the playlist's address, whose scheme and port stay; not for `.`. */
  host?: string;
}

/** The pathway of playlists as they are. */
export const HERE = ".";

/** Name of the steering manifest, beside a stream's master playlist. */
export const STEERING_PATH = "steering.json";

const DEFAULT_TTL_SECONDS = 300;

/** The Content Steering manifest: this origin's own address, and clones of it on other hosts. */
export function steeringManifest({ pathways, ttlSeconds = DEFAULT_TTL_SECONDS }: SteeringConfig): string {
  const ids = pathways.map(({ id }) => id);
  return JSON.stringify({
    VERSION: 1,
    TTL: ttlSeconds,
    "RELOAD-URI": STEERING_PATH,
    "PATHWAY-PRIORITY": ids.includes(HERE) ? ids : [...ids, HERE],
    "PATHWAY-CLONES": pathways.flatMap(({ id, host }) =>
      host === undefined ? [] : [{ "BASE-ID": HERE, ID: id, "URI-REPLACEMENT": { HOST: host } }],
    ),
  });
}

/** Tells players of a master playlist where the manifest is, unless the playlist has steering of its own. */
export function withSteering(master: string): string {
  if (master.includes("#EXT-X-CONTENT-STEERING:")) return master;
  return master.replace(/^#EXTM3U[^\n]*\n/, (head) => {
    return `${head}#EXT-X-CONTENT-STEERING:SERVER-URI="${STEERING_PATH}",PATHWAY-ID="${HERE}"\n`;
  });
}

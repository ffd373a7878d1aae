import type { Clock } from "../clock.js";
import { readText } from "../control/read-text.js";
import type { PlaylistSignature } from "../protocol/index.js";
import { type ParsedPublicKey, parsePublicKey, verifyWith } from "./public-key.js";

export interface KeyRingOptions {
  /** Keys that the integrator has given; `undefined` takes those that the playlist's host publishes. */
  readonly configured: readonly ParsedPublicKey[] | undefined;
  readonly subtle: SubtleCrypto;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
}

export type Verification =
  | { readonly at: "right" }
  /** In the words of the console. */
  | { readonly at: "wrong"; readonly because: string };

const WELL_KNOWN = "/.well-known/nearcast.json";
const FETCH_TIMEOUT_MS = 5_000;
/** A host is asked again for keys that it did not have, after a rotation for instance, but not more often. */
const ASK_AGAIN_MS = 60_000;
const MOST_BYTES = 65_536;
const MOST_KEYS = 32;

/** The keys that may sign playlists. Signatures carry no time, so a wrong clock does no harm. */
export class KeyRing {
  readonly #options: KeyRingOptions;
  #told: readonly ParsedPublicKey[] | undefined;
  readonly #published = new Map<string, { keys: Promise<readonly ParsedPublicKey[]>; askedAtMs: number }>();

  constructor(options: KeyRingOptions) {
    this.#options = options;
  }

  /**
   * The tracker says which keys sign the playlists; none leaves it to their host.
   *
   * @returns whether that is news.
   */
  tell(keys: readonly unknown[]): boolean {
    const told = keys.length > 0 ? fitKeys(keys) : undefined;
    const isNews = JSON.stringify(told) !== JSON.stringify(this.#told);
    this.#told = told;
    return isNews && !this.#options.configured;
  }

  /** Never throws. */
  async verify(signature: PlaylistSignature, playlistUrl: string): Promise<Verification> {
    const configured = this.#options.configured ?? this.#told;
    const { origin } = new URL(playlistUrl);
    let keys = configured ?? (await this.#publishedBy(origin));
    if (!configured && !candidates(keys, signature)[0]) keys = await this.#publishedBy(origin, true);
    const fitting = candidates(keys, signature);
    if (fitting.length === 0) {
      const named = this.#options.configured ? "publicKeys" : "what the tracker tells";
      const whose = configured ? named : `${origin}${WELL_KNOWN}`;
      return wrong(`there is no ${signature.alg} key ${signature.kid} in ${whose}`);
    }
    let because = "the playlist's signature is wrong";
    for (const key of fitting) {
      try {
        if (await verifyWith(key, signature, this.#options.subtle)) return { at: "right" };
      } catch {
        because = `this browser cannot verify ${signature.alg} signatures with key ${signature.kid}`;
      }
    }
    return wrong(because);
  }

  #publishedBy(origin: string, isAskedAgain = false): Promise<readonly ParsedPublicKey[]> {
    const nowMs = this.#options.clock.now();
    const known = this.#published.get(origin);
    if (known && !(isAskedAgain && nowMs - known.askedAtMs >= ASK_AGAIN_MS)) return known.keys;
    const keys = this.#fetchKeys(origin).catch(() => known?.keys ?? []);
    this.#published.set(origin, { keys, askedAtMs: nowMs });
    return keys;
  }

  async #fetchKeys(origin: string): Promise<readonly ParsedPublicKey[]> {
    const response = await this.#options.fetch(origin + WELL_KNOWN, {
      credentials: "omit",
      signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
    });
    if (!response.ok) return [];
    const { keys } = JSON.parse(await readText(response, MOST_BYTES)) as { keys?: unknown };
    return Array.isArray(keys) ? fitKeys(keys) : [];
  }
}

function fitKeys(keys: readonly unknown[]): ParsedPublicKey[] {
  return keys.slice(0, MOST_KEYS).flatMap((key) => {
    try {
      return [parsePublicKey(key, "keys")];
    } catch {
      // One of another kind, of a later version perhaps.
      return [];
    }
  });
}

function candidates(keys: readonly ParsedPublicKey[], { alg, kid }: PlaylistSignature): ParsedPublicKey[] {
  return keys.filter((key) => key.alg === alg && (key.kid === undefined || key.kid === kid));
}

function wrong(because: string): Verification {
  return { at: "wrong", because };
}

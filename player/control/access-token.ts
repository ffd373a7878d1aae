import type { Clock } from "../clock.js";
import { decodeBase64Url, describe } from "../protocol/index.js";

/** Of a token's lifetime: after so much of it the next one is asked for. */
const USED_UP = 0.8;
/** A token that does not say how long it is valid is used for so long. */
const SHORT_S = 60;
const TIMEOUT_MS = 10_000;

/** The viewer's access token, asked for anew before it expires. How the page's clock is set plays no part. */
export class AccessToken {
  readonly #getToken: () => string | Promise<string>;
  readonly #clock: Clock;
  #staleAtMs = Number.NEGATIVE_INFINITY;
  #asked: Promise<string> | undefined;
  /** The newest, perhaps an old one; for what cannot wait. */
  newest: string | undefined;

  constructor(getToken: () => string | Promise<string>, clock: Clock) {
    this.#getToken = getToken;
    this.#clock = clock;
  }

  /** @throws {Error} where the page does not give one. */
  async fresh(): Promise<string> {
    if (this.newest !== undefined && this.#clock.now() < this.#staleAtMs) return this.newest;
    this.#asked ??= this.#ask().finally(() => {
      this.#asked = undefined;
    });
    return this.#asked;
  }

  /** It has been refused: the next is a new one. */
  refused(): void {
    this.#staleAtMs = Number.NEGATIVE_INFINITY;
  }

  async #ask(): Promise<string> {
    let stopWaiting = () => {};
    const patience = new Promise<never>((_resolve, reject) => {
      stopWaiting = this.#clock.after(TIMEOUT_MS, () => reject(new Error("getToken: no answer in time")));
    });
    try {
      const token: unknown = await Promise.race([(async () => this.#getToken())(), patience]);
      if (typeof token !== "string") throw new Error(`getToken: expected a token, got ${describe(token)}`);
      this.newest = token;
      this.#staleAtMs = this.#clock.now() + lifetimeS(token) * USED_UP * 1000;
      return token;
    } finally {
      stopWaiting();
    }
  }
}

/** By what a token (RFC 7519) says of itself, whoever checks it. */
function lifetimeS(token: string): number {
  try {
    const bytes = decodeBase64Url(token.split(".")[1] ?? "");
    const { exp, iat } = JSON.parse(new TextDecoder().decode(bytes)) as { exp: number; iat: number };
    return exp > iat ? exp - iat : SHORT_S;
  } catch {
    return SHORT_S;
  }
}

/** Adds an access token as trackers take it where headers cannot be set. */
export function withToken(address: string, token: string): string {
  const url = new URL(address);
  url.searchParams.set("token", token);
  return url.href;
}

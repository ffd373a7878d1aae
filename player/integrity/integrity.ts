import type { Segment } from "../delivery/segment.js";
import { encodeBase64Url, readSignature, type SegmentDigest } from "../protocol/index.js";
import type { KeyRing } from "./key-ring.js";

/** How much a segment from a peer has to be vouched for; see `NearcastOptions.integrity`. */
export type IntegrityPolicy = "required" | "optional" | "off";

export type IntegrityState =
  /** Checks nothing, because it was told to. */
  | { readonly at: "off" }
  /** No playlist has been verified yet. */
  | { readonly at: "pending" }
  /** The newest playlist vouches for its segments. */
  | { readonly at: "verified" }
  /** It does not: its segments come from the origin alone, unless integrity is optional. */
  | { readonly at: "unverified"; readonly because: string };

export type Verdict =
  /** What the playlist says. */
  | "right"
  /** Something else. */
  | "wrong"
  /** Nothing vouches for it, and it is not to be used. */
  | "unverifiable"
  /** Nothing vouches for it, and it may be used. */
  | "unverified";

export interface IntegrityOptions {
  readonly policy: IntegrityPolicy;
  readonly keys: KeyRing;
  readonly subtle: SubtleCrypto;
  /** Something can be said of more segments, or of fewer, than before. */
  readonly onChange: () => void;
  /** Told once why peers are of no use. */
  readonly warn: (because: string) => void;
}

type Claims = ReadonlyMap<number, SegmentDigest>;

/** Knows which segments a signed playlist vouches for, and checks what peers have sent against that. */
export class Integrity {
  readonly #options: IntegrityOptions;
  /** By track and number. */
  readonly #vouched = new Map<string, Map<number, SegmentDigest>>();
  /** The verification of each track's newest playlist, while it runs, and what would be vouched for by it. */
  readonly #pending = new Map<string, { readonly settled: Promise<void>; readonly claims: Claims }>();
  /** Of tracks whose newest playlist could not be verified: looks at it again. */
  readonly #doubted = new Map<string, () => void>();
  #state: IntegrityState;
  #hasWarned = false;

  constructor(options: IntegrityOptions) {
    this.#options = options;
    this.#state = { at: options.policy === "off" ? "off" : "pending" };
  }

  get state(): IntegrityState {
    return this.#state;
  }

  /** Takes in a playlist that hls.js has loaded, with its segments and what their lines claim of them. */
  learn(trackId: string, text: string, url: string, segments: readonly Segment[]): void {
    if (this.#options.policy === "off") return;
    const claims = new Map(segments.flatMap(({ number, digest }) => (digest ? [[number, digest]] : [])));
    const settled = this.#verify(text, url, claims.size > 0).then((state) => {
      // A later playlist's word counts.
      if (this.#pending.get(trackId)?.settled !== settled) return;
      this.#pending.delete(trackId);
      const vouched = this.#kept(trackId, segments);
      if (state.at === "verified") for (const [number, digest] of claims) vouched.set(number, digest);
      this.#vouched.set(trackId, vouched);
      if (state.at === "verified") this.#doubted.delete(trackId);
      else this.#doubted.set(trackId, () => this.learn(trackId, text, url, segments));
      this.#settle(state);
    });
    this.#pending.set(trackId, { settled, claims });
  }

  /** There are other keys than before. Resolves when it is known what they vouch for. */
  async verifyAgain(): Promise<void> {
    for (const look of [...this.#doubted.values()]) look();
    await Promise.all([...this.#pending.values()].map(({ settled }) => settled));
  }

  /** Whether peers may be asked for a segment: a playlist vouches for it, or may turn out to in a moment. */
  mayShare({ track, number }: Segment): boolean {
    if (this.#options.policy !== "required") return true;
    return (
      (this.#vouched.get(track.id)?.has(number) || this.#pending.get(track.id)?.claims.has(number)) ?? false
    );
  }

  /** Whether any segment may come from peers now. */
  get isUseful(): boolean {
    if (this.#options.policy !== "required") return true;
    return [...this.#vouched.values()].some(({ size }) => size > 0);
  }

  /** Of bytes that came from a peer. At once where nothing is to be computed. */
  check(segment: Segment, data: ArrayBuffer): Verdict | Promise<Verdict> {
    if (this.#options.policy === "off") return "unverified";
    return this.#check(segment, data);
  }

  async #check(segment: Segment, data: ArrayBuffer): Promise<Verdict> {
    const { track, number } = segment;
    await this.#pending.get(track.id)?.settled;
    const vouched = this.#vouched.get(track.id)?.get(number);
    // Where nobody vouches for what a playlist says, it is still better than nothing.
    const digest = vouched ?? (this.#options.policy === "optional" ? segment.digest : undefined);
    if (!digest) return this.#options.policy === "optional" ? "unverified" : "unverifiable";
    if (digest.bytes !== undefined && digest.bytes !== data.byteLength) return "wrong";
    const sha256 = encodeBase64Url(new Uint8Array(await this.#options.subtle.digest("SHA-256", data)));
    if (sha256 !== digest.sha256) return "wrong";
    return vouched ? "right" : "unverified";
  }

  async #verify(text: string, url: string, hasClaims: boolean): Promise<IntegrityState> {
    const found = readSignature(text);
    switch (found.at) {
      case "absent":
        return unverified(
          hasClaims ? "the playlist is not signed" : "the playlist does not vouch for its segments",
        );
      case "malformed":
        return unverified(`the playlist's signature is malformed: ${found.because}`);
      case "present": {
        if (!hasClaims) return unverified("the playlist does not vouch for its segments");
        const verification = await this.#options.keys.verify(found.signature, url);
        return verification.at === "right" ? { at: "verified" } : unverified(verification.because);
      }
    }
  }

  /** Of what was vouched for before, that which a delta update has skipped: it is listed, and nothing is said of it. */
  #kept(trackId: string, segments: readonly Segment[]): Map<number, SegmentDigest> {
    const before = this.#vouched.get(trackId);
    return new Map(
      segments.flatMap(({ number, digest }) => {
        const known = digest ? undefined : before?.get(number);
        return known ? [[number, known]] : [];
      }),
    );
  }

  #settle(state: IntegrityState): void {
    this.#state = state;
    const { policy, warn, onChange } = this.#options;
    if (state.at === "unverified" && policy === "required" && !this.#hasWarned) {
      this.#hasWarned = true;
      warn(state.because);
    }
    onChange();
  }
}

function unverified(because: string): IntegrityState {
  return { at: "unverified", because };
}

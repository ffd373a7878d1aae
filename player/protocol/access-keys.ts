import { type CryptoKey, importJWK } from "jose";
import * as v from "valibot";
import { describe } from "./describe.js";

/**
 * How tokens are signed. `EdDSA` is Ed25519, `ES256` is ECDSA on P-256, and `HS256` a secret that whoever verifies could
 * sign with, too.
 */
export type KeyAlgorithm = "EdDSA" | "ES256" | "HS256";

/** One key, bound to one algorithm (RFC 8725, 3.1). */
export interface AccessKey {
  /** Names the key in the header of what it signs: `kid`. */
  readonly id: string;
  readonly algorithm: KeyAlgorithm;
  readonly verifyingKey: CryptoKey | Uint8Array;
  /** `undefined` for the public half of a pair. */
  readonly signingKey: CryptoKey | Uint8Array | undefined;
}

/** The keys of one file by their ids, in the file's order; at least one. */
export type AccessKeys = ReadonlyMap<string, AccessKey>;

/** A key file that cannot be used. The message never quotes key material. */
export class AccessKeyError extends Error {
  override readonly name = "AccessKeyError";
}

/** During a rotation two or three keys are valid; more than this is a mistake. */
const MOST_KEYS = 32;

/** RFC 7518, 3.2: an HS256 key is at least as long as its hash. */
const LEAST_SECRET_BYTES = 32;

const Kid = v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,128}$/));
const Base64Url = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,1024}$/));
const Coordinate = v.pipe(Base64Url, v.length(43));

/** The key types of RFC 7517 that we take; other members are passed over. */
const Jwk = v.variant("kty", [
  v.object({
    kty: v.literal("OKP"),
    crv: v.literal("Ed25519"),
    kid: Kid,
    alg: v.optional(v.picklist(["EdDSA", "Ed25519"])),
    x: Coordinate,
    d: v.exactOptional(Coordinate),
  }),
  v.object({
    kty: v.literal("EC"),
    crv: v.literal("P-256"),
    kid: Kid,
    alg: v.optional(v.literal("ES256")),
    x: Coordinate,
    y: Coordinate,
    d: v.exactOptional(Coordinate),
  }),
  v.object({ kty: v.literal("oct"), kid: Kid, alg: v.optional(v.literal("HS256")), k: Base64Url }),
]);
type Jwk = v.InferOutput<typeof Jwk>;

/**
 * Reads a key file: one JWK (RFC 7517) or a set of them, `{ "keys": […] }`, of the kinds Ed25519, P-256 or `oct`, each with
 * a `kid`.
 *
 * @throws {AccessKeyError} naming the key and the member that is wrong.
 */
export async function parseAccessKeys(text: string): Promise<AccessKeys> {
  const keys = new Map<string, AccessKey>();
  for (const [place, candidate] of candidatesIn(text)) {
    const jwk = parseJwk(candidate, place);
    if (keys.has(jwk.kid)) throw new AccessKeyError(`${place}.kid: ${describe(jwk.kid)} occurs twice`);
    keys.set(jwk.kid, await importKey(jwk, place));
  }
  return keys;
}

function candidatesIn(text: string): readonly [place: string, candidate: unknown][] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // The cause would quote the text.
    throw new AccessKeyError("expected a JWK or a set of JWKs as JSON, got text that is no JSON");
  }
  const set = (json as { keys?: unknown } | null)?.keys;
  if (set === undefined) return [["key", json]];
  if (!Array.isArray(set) || set.length === 0 || set.length > MOST_KEYS) {
    throw new AccessKeyError(`keys: expected a list of 1 to ${MOST_KEYS} JWKs`);
  }
  return set.map((candidate, index) => [`keys.${index}`, candidate]);
}

function parseJwk(candidate: unknown, place: string): Jwk {
  const result = v.safeParse(Jwk, candidate);
  if (result.success) return result.output;
  const path = v.getDotPath(result.issues[0]);
  throw new AccessKeyError(`${path === null ? place : `${place}.${path}`}: ${EXPECTED[path ?? ""] ?? A_JWK}`);
}

const A_JWK = 'expected a JWK with "kty": "OKP" (Ed25519), "EC" (P-256) or "oct"';
const EXPECTED: Readonly<Record<string, string>> = {
  kid: "expected the key's id, 1 to 128 printable ASCII characters without spaces",
  crv: 'expected "Ed25519" for OKP and "P-256" for EC',
  alg: 'expected "EdDSA" for OKP, "ES256" for EC and "HS256" for oct',
  x: "expected 32 bytes in base64url",
  y: "expected 32 bytes in base64url",
  d: "expected 32 bytes in base64url",
  k: "expected a secret in base64url",
};

async function importKey(jwk: Jwk, place: string): Promise<AccessKey> {
  const algorithm = ALGORITHM_OF[jwk.kty];
  const load = async (half: Jwk) => {
    try {
      // Only members that were checked: `key_ops` or `ext` of the file must not change what the key can do.
      return await importJWK({ ...half, alg: algorithm });
    } catch (cause) {
      throw new AccessKeyError(`${place}: not a valid ${algorithm} key`, { cause });
    }
  };
  if (jwk.kty === "oct") {
    const secret = await load(jwk);
    if (!(secret instanceof Uint8Array) || secret.byteLength < LEAST_SECRET_BYTES) {
      throw new AccessKeyError(`${place}.k: expected a secret of at least ${LEAST_SECRET_BYTES} bytes`);
    }
    return { id: jwk.kid, algorithm, verifyingKey: secret, signingKey: secret };
  }
  const { d, ...publicHalf } = jwk;
  return {
    id: jwk.kid,
    algorithm,
    verifyingKey: await load(publicHalf),
    signingKey: d === undefined ? undefined : await load(jwk),
  };
}

const ALGORITHM_OF: Record<Jwk["kty"], KeyAlgorithm> = { OKP: "EdDSA", EC: "ES256", oct: "HS256" };

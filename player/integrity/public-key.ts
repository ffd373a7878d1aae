import { describe, isKeyId, type SignatureAlgorithm } from "../protocol/index.js";

/** The public half of a key that signs playlists (JWK, RFC 7517): on P-256 for ES256, on Ed25519 for EdDSA. */
export interface PlaylistPublicKey {
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
  readonly y?: string;
  /** Without it, the key is tried on every signature of its algorithm. */
  readonly kid?: string;
}

export interface ParsedPublicKey extends PlaylistPublicKey {
  readonly alg: SignatureAlgorithm;
}

const COORDINATE = /^[A-Za-z0-9_-]{43}$/;

/** @throws {TypeError} that says what is wrong, and at `where`. */
export function parsePublicKey(value: unknown, where: string): ParsedPublicKey {
  if (typeof value !== "object" || value === null) {
    throw new TypeError(`${where}: expected a public key as JWK, got ${describe(value)}`);
  }
  const { kty, crv, x, y, kid, d } = value as Record<string, unknown>;
  // A secret has no business in a page; it is not even quoted.
  if (d !== undefined) throw new TypeError(`${where}: expected a public key, got a private one`);
  if (kid !== undefined && !(typeof kid === "string" && isKeyId(kid))) {
    throw new TypeError(
      `${where}.kid: expected 1 to 64 letters, digits, ".", "_" or "-", got ${describe(kid)}`,
    );
  }
  const named = kid === undefined ? {} : { kid };
  if (kty === "EC" && crv === "P-256" && isCoordinate(x) && isCoordinate(y)) {
    return { kty, crv, x, y, ...named, alg: "ES256" };
  }
  if (kty === "OKP" && crv === "Ed25519" && isCoordinate(x)) return { kty, crv, x, ...named, alg: "EdDSA" };
  throw new TypeError(`${where}: expected a public key on P-256 or Ed25519 as JWK, got ${describe(value)}`);
}

function isCoordinate(value: unknown): value is string {
  return typeof value === "string" && COORDINATE.test(value);
}

const IMPORT = {
  ES256: { name: "ECDSA", namedCurve: "P-256" },
  EdDSA: { name: "Ed25519" },
};
const VERIFY = {
  ES256: { name: "ECDSA", hash: "SHA-256" },
  EdDSA: { name: "Ed25519" },
};

/** @throws where this browser does not know the algorithm, or the key is no point of its curve. */
export async function verifyWith(
  { alg, ...jwk }: ParsedPublicKey,
  { input, value }: { readonly input: BufferSource; readonly value: BufferSource },
  subtle: SubtleCrypto,
): Promise<boolean> {
  const key = await subtle.importKey("jwk", jwk, IMPORT[alg], false, ["verify"]);
  return subtle.verify(VERIFY[alg], key, value, input);
}

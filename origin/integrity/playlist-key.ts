import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";
import {
  isKeyId,
  readSignature,
  type SignatureAlgorithm,
  signatureInput,
  writeSignature,
} from "../../player/protocol/index.js";

/** Signs playlists. Players know its public half by `kid`. */
export interface PlaylistKey {
  readonly kid: string;
  readonly alg: SignatureAlgorithm;
  /** Of the public half, as `/.well-known/nearcast.json` has it (RFC 7517). */
  readonly publicJwk: PublicJwk;
  /**
   * @param text a playlist without a signature.
   * @param before what may be this very playlist, signed: it is then given back, because ES256 never signs twice alike.
   */
  sign(text: string, before?: string): string;
}

export interface PublicJwk {
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
  readonly y?: string;
  readonly kid: string;
  readonly alg: SignatureAlgorithm;
  readonly use: "sig";
}

/** Where a program names no key: one that lives as long as the process. */
export function newPlaylistKey(): PlaylistKey {
  return playlistKey(generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey);
}

/**
 * @param material a private key on P-256 (ES256) or Ed25519 (EdDSA), in PEM or as the text of a JWK.
 * @param kid default: the JWK's own, or the key's thumbprint (RFC 7638), the same wherever the key is used.
 * @throws {RangeError} with a sentence where it is no such key.
 */
export function parsePlaylistKey(material: string, kid?: string): PlaylistKey {
  const text = material.trim();
  if (!text.startsWith("{"))
    return playlistKey(
      privateKeyOf(() => createPrivateKey(text)),
      kid,
    );
  const jwk = privateKeyOf(() => JSON.parse(text) as { kid?: unknown });
  const own = typeof jwk.kid === "string" ? jwk.kid : undefined;
  return playlistKey(
    privateKeyOf(() => createPrivateKey({ key: jwk as Record<string, unknown>, format: "jwk" })),
    kid ?? own,
  );
}

/** Node's own messages quote parts of what they were given. */
function privateKeyOf<T>(read: () => T): T {
  try {
    return read();
  } catch {
    throw new RangeError("expected a private key on P-256 or Ed25519, as PEM or JWK");
  }
}

function playlistKey(privateKey: KeyObject, name?: string): PlaylistKey {
  const publicKey = createPublicKey(privateKey);
  const { kty, crv, x, y } = publicKey.export({ format: "jwk" });
  const alg = crv === "P-256" ? "ES256" : crv === "Ed25519" ? "EdDSA" : undefined;
  if (!alg || kty === undefined || crv === undefined || x === undefined) {
    throw new RangeError(`expected a private key on P-256 or Ed25519, got one on ${crv ?? kty}`);
  }
  // RFC 7638: the required members in this order.
  const thumbprint = JSON.stringify(y === undefined ? { crv, kty, x } : { crv, kty, x, y });
  const kid = name ?? createHash("sha256").update(thumbprint).digest("base64url");
  if (!isKeyId(kid)) throw new RangeError(`expected a key id of 1 to 64 letters, digits, ".", "_" or "-"`);
  const digest = alg === "ES256" ? "sha256" : null;
  // JWS writes a signature as two numbers side by side, where others use ASN.1.
  const asJws = (key: KeyObject) => (alg === "ES256" ? { key, dsaEncoding: "ieee-p1363" as const } : key);
  const hasSigned = (signed: string, input: Uint8Array): boolean => {
    const found = readSignature(signed);
    if (found.at !== "present" || !Buffer.from(input).equals(found.signature.input)) return false;
    return verify(digest, input, asJws(publicKey), found.signature.value);
  };
  return {
    kid,
    alg,
    publicJwk: { kty, crv, x, ...(y !== undefined && { y }), kid, alg, use: "sig" },
    sign: (text, before = "") => {
      const input = signatureInput(text, { alg, kid });
      if (hasSigned(before, input)) return before;
      return writeSignature(text, { alg, kid }, sign(digest, input, asJws(privateKey)));
    },
  };
}

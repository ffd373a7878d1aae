import { errors, type JWTPayload, jwtVerify, SignJWT } from "jose";
import type { AccessKey, AccessKeys } from "./access-keys.js";
import { describe } from "./describe.js";
import { parseStreamName, type StreamName } from "./stream.js";

// Not exported by index.js: browsers carry tokens and need neither jose nor keys.
export { type AccessKey, AccessKeyError, type AccessKeys, parseAccessKeys } from "./access-keys.js";

/** What a token allows: one viewer session, one stream, for minutes. */
export interface AccessGrant {
  readonly stream: StreamName;
  /** The viewer's session (`sub`): 1 to 128 printable ASCII characters. An id of the provider's choice, never a name. */
  readonly session: string;
  /** Seconds since 1970 (`exp`). */
  readonly expiresAtS: number;
  /** This token's own id (`jti`): 1 to 128 printable ASCII characters. */
  readonly tokenId: string;
}

/** Why a token is refused; few enough to label a metric with. */
export type TokenRefusal =
  /** There is none. */
  | "missing"
  /** Not a token, or claims are absent or of a wrong form. */
  | "malformed"
  /** Signed with a key or an algorithm that is not allowed here, or changed since. */
  | "signature"
  | "expired"
  /** Not valid yet, or for longer than this server accepts. */
  | "lifetime"
  | "issuer"
  | "audience"
  /** For another stream than the one asked for. */
  | "stream";

/** A token that is refused; the message is one sentence that may be told to the client. */
export class AccessTokenError extends Error {
  override readonly name = "AccessTokenError";

  constructor(
    readonly reason: TokenRefusal,
    sentence: string,
    options?: ErrorOptions,
  ) {
    super(sentence, options);
  }
}

/** `iss` and `aud` unless a provider chooses others. */
export const DEFAULT_ISSUER = "nearcast";
export const DEFAULT_AUDIENCE = "nearcast";

export interface VerifierOptions {
  readonly keys: AccessKeys;
  /**
   * Accepted `iss`.
   * @default "nearcast"
   */
  readonly issuer?: string;
  /**
   * This server's name, which `aud` must be or contain.
   * @default "nearcast"
   */
  readonly audience?: string;
  /**
   * Tokens that expire later than this from now are refused: a stolen one must not be of use for long.
   * @default 3600
   */
  readonly maxLifetimeS?: number;
  /**
   * By how much the issuer's clock may differ from ours.
   * @default 30
   */
  readonly clockToleranceS?: number;
  /**
   * Milliseconds since 1970.
   * @default Date.now
   */
  readonly clock?: () => number;
}

/**
 * Checks a token for one stream. The work is bounded whatever the text is: its length is limited, and at most one
 * signature is computed.
 *
 * @param token as it came from a header, query or cookie; nothing is assumed of it.
 * @returns what it allows. Callers may remember the answer until `expiresAtS`.
 * @throws {AccessTokenError} with the reason.
 */
export type TokenVerifier = (token: unknown, stream: StreamName) => Promise<AccessGrant>;

/** Characters; tokens of ours have about 350. */
export const MAX_TOKEN_LENGTH = 2048;

const DEFAULT_MAX_LIFETIME_S = 3600;
const DEFAULT_CLOCK_TOLERANCE_S = 30;
/** Control characters would go into logs, anything longer into memory. */
const ID = /^[\x21-\x7e]{1,128}$/;
const COMPACT_JWS = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/** Makes the check of access tokens (design, RFC 7519, RFC 8725) that trackers and private origins share. */
export function createTokenVerifier(options: VerifierOptions): TokenVerifier {
  const { keys, issuer = DEFAULT_ISSUER, audience = DEFAULT_AUDIENCE, clock = Date.now } = options;
  const { maxLifetimeS = DEFAULT_MAX_LIFETIME_S, clockToleranceS = DEFAULT_CLOCK_TOLERANCE_S } = options;
  const algorithms = [...new Set([...keys.values()].map(({ algorithm }) => algorithm))];

  return async (token, stream) => {
    if (token === undefined || token === null || token === "") {
      throw new AccessTokenError("missing", "An access token is needed.");
    }
    if (typeof token !== "string" || token.length > MAX_TOKEN_LENGTH || !COMPACT_JWS.test(token)) {
      throw new AccessTokenError(
        "malformed",
        `The access token is not a JWT of at most ${MAX_TOKEN_LENGTH} characters.`,
      );
    }
    const nowMs = clock();
    try {
      const { payload } = await jwtVerify(token, ({ alg, kid }) => keyFor(keys, alg, kid).verifyingKey, {
        algorithms,
        issuer,
        audience,
        clockTolerance: clockToleranceS,
        currentDate: new Date(nowMs),
        requiredClaims: ["iss", "aud", "sub", "exp", "jti", "stream"],
      });
      const grant = parseGrant(payload);
      if (grant.expiresAtS > nowMs / 1000 + maxLifetimeS + clockToleranceS) {
        throw new AccessTokenError(
          "lifetime",
          `The access token is valid for longer than the ${maxLifetimeS} s that are accepted.`,
        );
      }
      if (grant.stream !== stream) {
        throw new AccessTokenError("stream", `The access token is not for stream ${describe(stream)}.`);
      }
      return grant;
    } catch (cause) {
      throw asRefusal(cause);
    }
  };
}

/** A key is used with its own algorithm only: a public key never serves as an HMAC secret (RFC 8725, 2.1). */
function keyFor(keys: AccessKeys, algorithm: string | undefined, id: string | undefined): AccessKey {
  const [only] = keys.values();
  const key = id === undefined && keys.size === 1 ? only : keys.get(id ?? "");
  if (!key || key.algorithm !== algorithm) {
    throw new AccessTokenError("signature", "The access token is not signed with a key that is known here.");
  }
  return key;
}

function parseGrant({ stream, sub, jti, exp }: JWTPayload): AccessGrant {
  const idOf = (claim: string, value: unknown): string => {
    if (typeof value === "string" && ID.test(value)) return value;
    const form = "expected 1 to 128 printable ASCII characters without spaces";
    throw new AccessTokenError("malformed", `The access token's "${claim}" is wrong: ${form}.`);
  };
  try {
    return {
      stream: parseStreamName(stream),
      session: idOf("sub", sub),
      tokenId: idOf("jti", jti),
      // jose has checked that it is there and a number.
      expiresAtS: exp ?? 0,
    };
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new AccessTokenError("malformed", "The access token's \"stream\" is not a stream's name.", {
      cause,
    });
  }
}

function asRefusal(cause: unknown): AccessTokenError {
  if (cause instanceof AccessTokenError) return cause;
  const refuse = (reason: TokenRefusal, sentence: string) =>
    new AccessTokenError(reason, sentence, { cause });
  if (cause instanceof errors.JWTExpired) return refuse("expired", "The access token has expired.");
  if (cause instanceof errors.JWTClaimValidationFailed) {
    const { claim, reason } = cause;
    if (reason === "check_failed" && claim === "iss")
      return refuse("issuer", "The access token is from another issuer.");
    if (reason === "check_failed" && claim === "aud")
      return refuse("audience", "The access token is for another server.");
    if (reason === "check_failed" && claim === "nbf")
      return refuse("lifetime", "The access token is not valid yet.");
    return refuse("malformed", `The access token's "${claim}" is missing or of a wrong form.`);
  }
  if (cause instanceof errors.JWSSignatureVerificationFailed || cause instanceof errors.JOSEAlgNotAllowed) {
    return refuse("signature", "The access token's signature is wrong, or of a kind that is not accepted.");
  }
  return refuse("malformed", "The access token cannot be read.");
}

export interface IssuerOptions {
  /** Must have its signing half. */
  readonly key: AccessKey;
  /** @default "nearcast" */
  readonly issuer?: string;
  /**
   * The servers that the token is for.
   * @default ["nearcast"]
   */
  readonly audience?: readonly string[];
}

/** Signs a token. The caller bounds its lifetime and chooses `tokenId` at random. */
export type TokenIssuer = (grant: AccessGrant) => Promise<string>;

/** @throws {RangeError} when the key cannot sign. */
export function createTokenIssuer(options: IssuerOptions): TokenIssuer {
  const { issuer = DEFAULT_ISSUER, audience = [DEFAULT_AUDIENCE] } = options;
  const { id, algorithm, signingKey } = options.key;
  if (!signingKey) throw new RangeError(`The key ${describe(id)} has no private half to sign with.`);
  return async ({ stream, session, expiresAtS, tokenId }) =>
    await new SignJWT({ stream })
      .setProtectedHeader({ alg: algorithm, typ: "JWT", kid: id })
      .setIssuer(issuer)
      .setAudience([...audience])
      .setSubject(session)
      // Players ask for the next token by the time between the two, as their clocks may be wrong.
      .setIssuedAt()
      .setExpirationTime(expiresAtS)
      .setJti(tokenId)
      .sign(signingKey);
}

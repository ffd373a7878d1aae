import type { Logger } from "pino";
import {
  type AccessKey,
  AccessKeyError,
  type AccessKeys,
  createTokenIssuer,
  createTokenVerifier,
  DEFAULT_AUDIENCE,
  DEFAULT_ISSUER,
  parseAccessKeys,
  type TokenIssuer,
  type TokenVerifier,
} from "../../player/protocol/access-token.js";
import { ConfigError } from "../config-error.js";
import { rememberVerified } from "./remember-verified.js";
import { readSecretFile } from "./secret-file.js";
import { readSharedKey, type SharedKey } from "./shared-key.js";
import type { StreamGate } from "./stream-gate.js";

/** Who may watch private streams, and who may hand out tokens for them. */
export interface AccessConfig {
  /** JWK or JWK set that tokens are checked with. Its first private key signs what `POST /tokens` issues. */
  keyFile: string;
  /** @default "nearcast" */
  issuer?: string;
  /**
   * What this server is called in tokens' `aud`.
   * @default "nearcast"
   */
  audience?: string;
  /**
   * Tokens that are valid for longer are refused, and not issued.
   * @default 3600
   */
  maxTokenSeconds?: number;
  /**
   * File with the key that a provider's backend presents to `POST /tokens`.
   * @default none: this origin issues no tokens
   */
  apiKeyFile?: string;
  /**
   * Lifetime of issued tokens unless the backend asks for another.
   * @default 300
   */
  tokenSeconds?: number;
  /**
   * Tokens that are issued per second at most, on average.
   * @default 100
   */
  tokensPerSecond?: number;
}

/** `POST /tokens` as it is set up. */
export interface TokenDesk {
  readonly apiKey: SharedKey;
  readonly issue: TokenIssuer;
  readonly tokenSeconds: number;
  readonly maxTokenSeconds: number;
  readonly tokensPerSecond: number;
}

export interface Access {
  readonly verify: TokenVerifier;
  readonly desk: TokenDesk | undefined;
  /** Rejects with a {@link ConfigError} when the keys cannot be used. */
  readonly ready: Promise<void>;
}

const DEFAULTS = { maxTokenSeconds: 3600, tokenSeconds: 300, tokensPerSecond: 100 };

/** @throws {ConfigError} when a key file cannot be read. */
export function openAccess(config: AccessConfig, clock: () => number): Access {
  const { issuer = DEFAULT_ISSUER, audience = DEFAULT_AUDIENCE, apiKeyFile } = config;
  const { maxTokenSeconds, tokenSeconds, tokensPerSecond } = { ...DEFAULTS, ...config };
  const keys = readKeys(config.keyFile);
  const verifier = keys.then((found) => {
    return rememberVerified(
      createTokenVerifier({ keys: found, issuer, audience, clock, maxLifetimeS: maxTokenSeconds }),
      clock,
    );
  });
  const issuing =
    apiKeyFile === undefined ? undefined : keys.then((found) => issuerWith(found, issuer, audience));
  const ready = Promise.all([verifier, issuing]).then(() => {});
  // Told to whoever waits for `ready`.
  for (const promise of [verifier, issuing, ready]) promise?.catch(() => {});
  return {
    ready,
    verify: async (token, stream) => (await verifier)(token, stream),
    desk:
      apiKeyFile === undefined || !issuing
        ? undefined
        : {
            apiKey: readSharedKey(apiKeyFile, "access.apiKeyFile"),
            issue: async (grant) => (await issuing)(grant),
            ...{ tokenSeconds, maxTokenSeconds, tokensPerSecond },
          },
  };
}

async function readKeys(file: string): Promise<AccessKeys> {
  const text = readSecretFile(file, "access.keyFile");
  try {
    return await parseAccessKeys(text);
  } catch (cause) {
    if (!(cause instanceof AccessKeyError)) throw cause;
    throw new ConfigError(`access.keyFile: ${file}: ${cause.message}`, { cause });
  }
}

function issuerWith(keys: AccessKeys, issuer: string, audience: string): TokenIssuer {
  const key = [...keys.values()].find((candidate: AccessKey) => candidate.signingKey !== undefined);
  if (!key) {
    throw new ConfigError(
      "access.apiKeyFile: tokens cannot be issued, because access.keyFile has no private key",
    );
  }
  return createTokenIssuer({ key, issuer, audience: [audience] });
}

/** Says at start who may watch what: nobody should find out later that a stream was open. */
export function announceAccess(gates: Iterable<StreamGate>, logger: Logger): void {
  for (const { stream, isPrivate } of gates) {
    if (isPrivate) logger.info({ stream }, "private: viewers need an access token");
    else logger.info({ stream }, "public: whoever reaches this origin may watch it");
  }
}

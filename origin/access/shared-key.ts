import { createHash, timingSafeEqual } from "node:crypto";
import { ConfigError } from "../config-error.js";
import { readSecretFile } from "./secret-file.js";

/** A secret that a program presents with every request. */
export interface SharedKey {
  /** Whether the text is the key; takes as long for any text of the same length. */
  matches(presented: string): boolean;
}

/** Too short a key can be guessed; a longer one is a wrong file. */
const FORM = /^[\x21-\x7e]{24,512}$/;

/**
 * Reads a shared key, e.g. one that `nearcast-origin keygen --shared` made.
 *
 * @throws {ConfigError} naming the option.
 */
export function readSharedKey(file: string, option: string): SharedKey {
  const key = readSecretFile(file, option).trim();
  if (!FORM.test(key)) {
    throw new ConfigError(`${option}: expected one line of 24 to 512 printable characters in ${file}`);
  }
  const digest = sha256(key);
  return { matches: (presented) => timingSafeEqual(sha256(presented), digest) };
}

/** Digests have one length, which the comparison needs. */
function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** The secret in an `Authorization` header: a Bearer token, or the password of Basic with any user name. */
export function presentedSecret(authorization: string | undefined): string | undefined {
  const [, scheme, value] = /^(Bearer|Basic) +([A-Za-z0-9._~+/=-]{1,2048})$/i.exec(authorization ?? "") ?? [];
  if (scheme === undefined || value === undefined) return undefined;
  if (scheme.toLowerCase() === "bearer") return value;
  const pair = Buffer.from(value, "base64").toString("utf8");
  const colon = pair.indexOf(":");
  return colon === -1 ? undefined : pair.slice(colon + 1);
}

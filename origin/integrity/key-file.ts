import { readSecretFile } from "../access/secret-file.js";
import { ConfigError } from "../config-error.js";
import { type PlaylistKey, parsePlaylistKey } from "./playlist-key.js";

/**
 * Reads a playlist key from a file of PEM or JWK.
 *
 * @param option how the setting is called, e.g. `integrityKeys`.
 * @throws {ConfigError} naming the option and the file, also where everybody on this machine may read it.
 */
export function readKeyFile(file: string, option: string, kid?: string): PlaylistKey {
  const material = readSecretFile(file, option);
  try {
    return parsePlaylistKey(material, kid);
  } catch (cause) {
    throw new ConfigError(`${option}: ${file}: ${(cause as Error).message}`, { cause });
  }
}

import { readFileSync, statSync } from "node:fs";
import { ConfigError } from "../config-error.js";
import { type PlaylistKey, parsePlaylistKey } from "./playlist-key.js";

const READABLE_BY_OTHERS = 0o004;

/**
 * Reads a playlist key from a file of PEM or JWK.
 *
 * @param option how the setting is called, e.g. `integrityKeys`.
 * @throws {ConfigError} naming the option and the file, also where everybody on this machine may read it.
 */
export function readKeyFile(file: string, option: string, kid?: string): PlaylistKey {
  let material: string;
  let mode: number;
  try {
    material = readFileSync(file, "utf8");
    mode = statSync(file).mode;
  } catch (cause) {
    throw new ConfigError(`${option}: cannot read ${file}`, { cause });
  }
  if (mode & READABLE_BY_OTHERS) {
    throw new ConfigError(`${option}: everybody may read ${file}; run chmod o-r on it`);
  }
  try {
    return parsePlaylistKey(material, kid);
  } catch (cause) {
    throw new ConfigError(`${option}: ${file}: ${(cause as Error).message}`, { cause });
  }
}

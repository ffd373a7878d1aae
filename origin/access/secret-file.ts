import { readFileSync, statSync } from "node:fs";
import { ConfigError } from "../config-error.js";

/** Permission bits of everybody else. */
const OTHERS = 0o007;

/**
 * Reads a file that holds a key.
 *
 * @param option how the setting is called, e.g. `streams.live.keyFile`.
 * @throws {ConfigError} also when every user of this machine may read it; it never quotes the content.
 */
export function readSecretFile(file: string, option: string): string {
  try {
    const { mode } = statSync(file);
    if ((mode & OTHERS) !== 0) {
      const octal = (mode & 0o777).toString(8).padStart(3, "0");
      throw new ConfigError(
        `${option}: every user of this machine can use ${file} (mode ${octal}); run: chmod 600 ${file}`,
      );
    }
    return readFileSync(file, "utf8");
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    throw new ConfigError(`${option}: cannot read ${file}`, { cause });
  }
}

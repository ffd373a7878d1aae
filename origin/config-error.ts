/** A wrong setting: one sentence that begins with the option's name, e.g. `port: expected 0-65535, got 99999`. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

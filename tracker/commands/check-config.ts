import { parseConfig, type Usage } from "../config.js";
import { readTrackerFiles } from "../files.js";
import { checkSettings } from "../start-errors.js";

const USAGE: Usage = {
  name: "nearcast-tracker check-config",
  description:
    "Reads options and all files that they name, says what the tracker would do, and starts nothing.",
};

/** @throws {OptionError} with what a tracker would refuse to start with. */
export async function runCheckConfigCommand(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  print: (line: string) => void,
): Promise<void> {
  const config = parseConfig(args, environment, USAGE);
  if (config.run === "help") return print(config.text.trimEnd());
  const { settings } = config;
  checkSettings(settings);
  const { keys, integrityKeys, certificate, locator, policies } = await readTrackerFiles(settings);
  const listOf = (items: readonly string[], otherwise: string) => items.join(", ") || otherwise;
  const rows: readonly (readonly [string, string])[] = [
    ["listens on", `${settings.host}, port ${settings.port}, ${certificate ? "with TLS" : "without TLS"}`],
    ["players see", settings.publicUrl ?? "the address that they have asked"],
    ["serves", keys === undefined ? "everybody" : `whoever has a token (keys: ${keys})`],
    ["streams", listOf(settings.streams, "any")],
    ["pages", listOf(settings.allowedOrigins, "any")],
    ["trusted proxies", listOf(settings.trustedProxies, "none")],
    ["networks", String(locator.networks.all.length)],
    ["streams with a policy", String(Object.keys(policies.all.streams).length)],
    ["playlist keys", String(integrityKeys.length)],
    ["operators", settings.adminToken === undefined ? "nobody" : "whoever has the admin token"],
    ["other trackers", settings.redis === undefined ? "none" : "through Redis, which was not asked"],
  ];
  for (const [name, value] of rows) print(`${name.padEnd(22)} ${value}`);
  print("The configuration is good.");
}

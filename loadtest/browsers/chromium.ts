import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

/** Chromium cannot be started; `message` says what to install or set. */
export class NoBrowserError extends Error {
  override readonly name = "NoBrowserError";
}

/** For many pages on a small machine: no sound or GPU, no throttling of hidden tabs, no calls home. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--mute-audio",
  "--autoplay-policy=no-user-gesture-required",
  "--disable-background-timer-throttling",
  "--disable-renderer-backgrounding",
  "--disable-backgrounding-occluded-windows",
  // Peers in different processes find each other without multicast DNS.
  "--disable-features=WebRtcHideLocalIpsWithMdns",
];

/**
 * Starts the system's Chromium, headless. `CHROMIUM` in the environment names another executable.
 *
 * @throws {NoBrowserError}
 */
export async function launchChromium(flags: readonly string[] = []): Promise<Browser> {
  const executablePath =
    process.env.CHROMIUM || findExecutable("chromium") || findExecutable("google-chrome");
  if (!executablePath) {
    throw new NoBrowserError("Chromium is missing: install it with `apt-get install chromium`.");
  }
  try {
    return await chromium.launch({ executablePath, args: [...FLAGS, ...flags] });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    throw new NoBrowserError(`${executablePath} did not start: ${reason}`, { cause });
  }
}

function findExecutable(name: string): string | undefined {
  return (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

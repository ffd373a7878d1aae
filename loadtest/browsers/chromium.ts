import { type Browser, chromium } from "playwright-core";
import { findExecutable } from "../../command-line/executable.js";

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

export interface LaunchOptions {
  /**
   * Program that is started in place of Chromium and hands its arguments on to it.
   * @default what `chromiumExecutable()` finds
   */
  readonly executablePath?: string;
  /**
   * Whether SIGINT, SIGTERM and SIGHUP close the browser, and SIGINT this process with it. Whoever has more to put
   * away than the browser says no and closes it.
   * @default true
   */
  readonly endsOnSignals?: boolean;
  /**
   * Whether a page that was left may come back as it was (back/forward cache), as it does for viewers. The headless shell
   * cannot do that.
   * @default false
   */
  readonly keepsLeftPages?: boolean;
}

/**
 * Starts the system's Chromium, headless.
 *
 * @throws {NoBrowserError}
 */
export async function launchChromium(
  flags: readonly string[] = [],
  {
    keepsLeftPages = false,
    executablePath = chromiumExecutable(keepsLeftPages ? WHOLE : undefined),
    endsOnSignals = true,
  }: LaunchOptions = {},
): Promise<Browser> {
  try {
    return await chromium.launch({
      executablePath,
      args: [...FLAGS, ...flags],
      ...(keepsLeftPages && { ignoreDefaultArgs: ["--disable-back-forward-cache"] }),
      handleSIGINT: endsOnSignals,
      handleSIGTERM: endsOnSignals,
      handleSIGHUP: endsOnSignals,
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    throw new NoBrowserError(`${executablePath} did not start: ${reason}`, { cause });
  }
}

/**
 * The same engine without the windows and toolbars that Chromium draws even when it is headless, which take more than
 * half of what a viewer's start costs.
 */
const SHELL = "chromium-headless-shell";
const WHOLE = ["chromium", "google-chrome"];

/**
 * Path of the system's Chromium. `CHROMIUM` in the environment names another executable.
 *
 * @param names of executables, in order of preference.
 * @throws {NoBrowserError}
 */
export function chromiumExecutable(names: readonly string[] = [SHELL, ...WHOLE]): string {
  const path = process.env.CHROMIUM || names.map(findExecutable).find((found) => found !== undefined);
  if (path) return path;
  throw new NoBrowserError(`Chromium is missing: install it with \`apt-get install ${names[0]}\`.`);
}

import { resolve } from "node:path";
import Table from "cli-table3";
import { Command } from "commander";
import express from "express";
import type { Page } from "playwright-core";
import { parseFlags, wholeNumber } from "../../../command-line/flags.js";
import { startStack } from "../../../demo/stack.js";
import { builtFolder } from "../../../pages/built-folder.js";
import type { IntegrityPolicy } from "../../../player/integrity/integrity.js";
import { launchChromium } from "../../browsers/chromium.js";
import { BenchError } from "../bench-error.js";
import { CpuMeter } from "../cpu.js";
import { describeMachine } from "../machine.js";
import { median } from "../statistics.js";

interface Flags {
  readonly megabytes: number;
  readonly rounds: number;
  readonly playlist: string;
}

/** What every check of a policy is to find, or it was not that check which was measured. */
const VERDICTS: Partial<Record<IntegrityPolicy, string>> = { required: "right", off: "unverified" };

/** `npm run bench -- integrity`: what checking peers' segments takes of a viewer's processor. */
export async function integrityBench(argv: readonly string[]): Promise<void> {
  const parsed = parseFlags(
    new Command("nearcast-bench integrity")
      .usage("[flags]   (npm run bench -- integrity [flags])")
      .description(
        "Checks the segments of a signed playlist in headless Chromium as the player checks those of peers, with integrity `required` and `off` in turns, and prints the CPU time that Chromium takes for it.",
      )
      .option("--megabytes <number>", "checked in each round", wholeNumber(10, 100_000), 1_000)
      .option("--rounds <number>", "with and without, in turns", wholeNumber(1, 50), 5)
      .option(
        "--playlist <path>",
        "whose segments are checked, on the bundled origin",
        "/hls/sample/360p/playlist.m3u8",
      ),
    argv,
  );
  if ("help" in parsed) {
    process.stdout.write(parsed.help);
    return;
  }
  const { megabytes, rounds, playlist } = parsed.command.opts<Flags>();
  await using stack = await startStack({
    originPort: 0,
    trackerPort: 0,
    routes: (app) => app.use("/integrity", express.static(resolve(builtFolder(), "pages/integrity"))),
  });
  await using browser = await launchChromium();
  const page = await browser.newPage();
  await page.goto(`${stack.url}/integrity/integrity.html`);
  await page.waitForFunction(() => "check" in window);
  const { segments, bytes } = await page.evaluate((url) => window.load(url), stack.url + playlist);
  if (segments === 0)
    throw new BenchError(`--playlist: expected a media playlist with segments: ${playlist}`);

  const { cpu, cores, chromium } = describeMachine(browser.version());
  console.log(
    `${cores} × ${cpu}, Chromium ${chromium}; ${segments} segments of ${Math.round(bytes / segments / 1000)} kB on average; CPU seconds of all of Chromium's processes per gigabyte (10^9 bytes)`,
  );
  // For the compiler to have seen everything.
  await perGigabyte(page, "required", 50);
  const table = new Table({
    head: ["round", "required", "off", "checking"],
    colAligns: Array<"right">(4).fill("right"),
    style: { head: [], border: [], compact: true },
  });
  const costs: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    const on = await perGigabyte(page, "required", megabytes);
    const off = await perGigabyte(page, "off", megabytes);
    costs.push(on - off);
    table.push([round, on.toFixed(2), off.toFixed(2), (on - off).toFixed(2)]);
  }
  table.push(["median", "", "", median(costs)?.toFixed(2) ?? "-"]);
  console.log(table.toString());
}

async function perGigabyte(page: Page, policy: IntegrityPolicy, megabytes: number): Promise<number> {
  const meter = new CpuMeter();
  const { bytes, verdicts } = await page.evaluate(({ policy, bytes }) => window.check(policy, bytes), {
    policy,
    bytes: megabytes * 1e6,
  });
  meter.look();
  if (verdicts.join() !== VERDICTS[policy]) {
    throw new BenchError(
      `with integrity ${policy}: expected "${VERDICTS[policy]}" of each segment, got "${verdicts.join()}"`,
    );
  }
  return meter.browserSeconds / (bytes / 1e9);
}

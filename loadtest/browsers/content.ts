import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StreamConfig } from "../../origin/index.js";
import { makeContent } from "../bench/content.js";
import { segmentsToMake, streamConfig } from "../run/stream-config.js";
import type { Scenario } from "../scenario/scenario.js";

/** What browsers decode: a test picture in the scenario's bitrates, made by ffmpeg and kept for later runs. */
export interface BrowserContent extends Disposable {
  readonly stream: StreamConfig;
}

/** A live loop comes round after so many segments. */
const LOOP_SEGMENTS = 30;

/** @throws {BenchError} where ffmpeg is missing. */
export async function makeBrowserContent(scenario: Scenario): Promise<BrowserContent> {
  const { stream } = scenario;
  const folder = mkdtempSync(join(tmpdir(), "nearcast-content-"));
  const segments = segmentsToMake(scenario, LOOP_SEGMENTS);
  const lines = ["#EXTM3U", "#EXT-X-VERSION:7"];
  for (const [index, { kbps }] of stream.renditions.entries()) {
    const name = `loadtest-${stream.segmentS}s-${segments}-${kbps}k`;
    const made = await makeContent({ name, segmentS: stream.segmentS, segments, kbps });
    cpSync(made.folder, join(folder, String(index)), { recursive: true });
    const variants = /^#EXT-X-STREAM-INF:.*$/m.exec(readFileSync(join(made.folder, "master.m3u8"), "utf8"));
    lines.push(variants?.[0] ?? `#EXT-X-STREAM-INF:BANDWIDTH=${kbps * 1000}`, `${index}/playlist.m3u8`);
  }
  writeFileSync(join(folder, "master.m3u8"), `${lines.join("\n")}\n`);
  return {
    stream: streamConfig(scenario, folder),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

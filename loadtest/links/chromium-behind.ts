import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromiumExecutable } from "../browsers/chromium.js";
import type { Cable } from "./namespaces.js";

/** Programs to start in place of Chromium. */
export interface ChromiumsBehind extends Disposable {
  /** One per namespace, in the same order. */
  readonly executables: readonly string[];
}

/**
 * Writes one program per namespace that runs Chromium in it.
 *
 * @throws {NoBrowserError}
 */
export function chromiumsBehind(cables: readonly Pick<Cable, "namespace">[]): ChromiumsBehind {
  const chromium = chromiumExecutable();
  const folder = mkdtempSync(join(tmpdir(), "nearcast-behind-"));
  const executables = cables.map(({ namespace }) => {
    const file = join(folder, namespace);
    // `exec`, so that the process that playwright ends is Chromium itself.
    const script = `#!/bin/sh\nexec ip netns exec ${namespace} '${chromium}' "$@"\n`;
    writeFileSync(file, script, { mode: 0o755 });
    return file;
  });
  return { executables, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

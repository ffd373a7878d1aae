import { execFileSync } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../support/origin-programme.js";
import { startIngest } from "../support/origin-push.js";

/** A file system of its own; needs root, as CI and containers are. */
function mountSmall(folder: string, bytes: number): Disposable {
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", folder]);
  return { [Symbol.dispose]: () => execFileSync("umount", ["--lazy", folder]) };
}

test("on a full disk a push is refused with 507, and what is published goes on being served", async () => {
  await using folder = await temporaryFolder();
  using _ = mountSmall(folder.path, 512 * 1024);
  await using live = await startIngest({ folder: folder.path });
  await live.pushWindow([0]);
  const before = (await live.read("v/live.m3u8")).text;
  const response = await fetch(`${live.url}/ingest/live/v/seg-1.ts`, {
    method: "PUT",
    body: "x".repeat(1_000_000),
  });
  expect([response.status, await response.text()]).toEqual([
    507,
    "The disk is full: the upload was not kept. What is published stays.\n",
  ]);
  expect((await live.read("v/live.m3u8")).text).toBe(before);
  expect((await live.read("v/seg-0.ts")).text).toBe("segment 0");
  expect(await readdir(join(folder.path, ".nearcast/uploads"))).toEqual([]);
  await live.pushWindow([0, 1]);
  expect((await live.read("v/live.m3u8")).text).toContain("seg-1.ts");
});

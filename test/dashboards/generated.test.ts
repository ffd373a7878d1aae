import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { generatedFiles } from "../../dashboards/generated.js";

const DIST = "dashboards/dist";

test("what is generated is what is committed; npm run dashboards brings it up to date", async () => {
  const entries = await readdir(DIST, { recursive: true, withFileTypes: true });
  const committed = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(DIST.length + 1));
  expect(committed.toSorted()).toEqual([...generatedFiles().keys()].toSorted());
  for (const [path, content] of generatedFiles())
    expect(await readFile(join(DIST, path), "utf8"), path).toBe(content);
});

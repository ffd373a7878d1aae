import { mkdtempSync, readdirSync, readFileSync, readlinkSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { requireWritable, writeOutput } from "../../command-line/output-file.js";

const newFolder = () => mkdtempSync(join(tmpdir(), "nearcast-"));

test("a file has the last text that was written, and nothing else lies beside it", () => {
  const folder = newFolder();
  const file = join(folder, "result.json");
  requireWritable("--json", file);
  writeOutput("--json", file, "a long first text");
  writeOutput("--json", file, "the second");
  expect(readFileSync(file, "utf8")).toBe("the second");
  expect(readdirSync(folder)).toEqual(["result.json"]);
});

test("asking whether a file can be written leaves it as it is", () => {
  const file = join(newFolder(), "result.json");
  writeOutput("--json", file, "of before");
  requireWritable("--json", file);
  expect(readFileSync(file, "utf8")).toBe("of before");
});

test("a link stays one, and what it leads to is written", () => {
  const folder = newFolder();
  const [file, link] = [join(folder, "of-today.json"), join(folder, "latest.json")];
  writeOutput("--json", file, "of before");
  symlinkSync(file, link);
  writeOutput("--json", link, "new");
  expect(readlinkSync(link)).toBe(file);
  expect(readFileSync(file, "utf8")).toBe("new");
});

test.each([requireWritable, writeOutput])("a file that cannot be written is named with its flag", (write) => {
  const file = join(newFolder(), "nowhere", "result.json");
  expect(() => write("--json", file, "text")).toThrow(`--json: cannot write ${file}: ENOENT`);
});

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test, vi } from "vitest";
import { builtFolder } from "../../demo/stack.js";
import type { LoadResult } from "../../loadtest/result/result.js";
import { runCommand } from "../support/command.js";

const PROGRAM = "loadtest/cli.js";
/** Each starts a process or several; on a busy machine that takes its time. */
vi.setConfig({ testTimeout: 60_000 });

const folder = mkdtempSync(join(tmpdir(), "nearcast-"));

function scenario(name: string, changes: object = {}): string {
  const file = join(folder, `${name}.json`);
  const small = {
    about: "a </script> & a name",
    durationS: 30,
    stream: { kind: "live", segmentS: 2, renditions: [{ kbps: 500 }] },
    audience: { viewers: 5, overS: 4 },
  };
  writeFileSync(file, JSON.stringify({ ...small, ...changes }));
  return file;
}

test("a scenario becomes a table, a result and a report; two runs of it are the same to the byte", async () => {
  const [one, two, report] = ["one.json", "two.json", "report.html"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const file = scenario("small");
  const first = await runCommand(PROGRAM, ["simulate", file, "--json", one, "--report", report]);
  expect(first).toMatchObject({ code: 0, stdout: expect.stringMatching(/offload[\s\S]*stalls/) });
  await runCommand(PROGRAM, ["simulate", file, "--json", two]);
  expect(readFileSync(two, "utf8")).toBe(readFileSync(one, "utf8"));

  const html = readFileSync(report, "utf8");
  expect(html).not.toContain("a </script> & a name");
  expect(html).not.toMatch(/<(script|link|img)[^>]+(src|href)="(?!data:)/);

  const compared = join(folder, "compared.html");
  const { code, stdout } = await runCommand(PROGRAM, ["--compare", one, two, "--report", compared]);
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/one .* two/) });
  expect(readFileSync(compared, "utf8")).toContain("nearcast-loadtest/1");
});

test("a condition that holds makes the exit code 2 and is named with its figure", async () => {
  const file = scenario("conditions");
  expect(await runCommand(PROGRAM, ["simulate", file, "--fail-if", "offload<0.01"])).toMatchObject({
    code: 0,
  });
  expect(
    await runCommand(PROGRAM, ["simulate", file, "--fail-if", "offload<0.99", "--fail-if", "stalls>0"]),
  ).toMatchObject({ code: 2, stderr: expect.stringMatching(/failed: offload<0\.99 \(offload is 0\.\d+\)/) });
});

test("an interrupted run writes what it has", async () => {
  const json = join(folder, "interrupted.json");
  const file = scenario("long", { durationS: 7_200, audience: { viewers: 2_000, overS: 60 } });
  const child = spawn(process.execPath, [resolve(builtFolder(), PROGRAM), "simulate", file, "--json", json], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  await once(child.stderr, "data");
  child.kill("SIGINT");
  const [code] = await once(child, "close");
  expect(code).toBe(130);
  const result = JSON.parse(readFileSync(json, "utf8")) as LoadResult;
  expect(result.isPartial).toBe(true);
  expect(result.ranS).toBeLessThan(7_200);
});

test.each([
  [["simulate"], "missing required argument 'scenario'"],
  [["simulate", "/nowhere.json"], "/nowhere.json: cannot be read"],
  [
    ["simulate", scenario("negative", { audience: { viewers: -1 } })],
    "audience.viewers: expected a whole number",
  ],
  [
    ["simulate", scenario("empty", { stream: { kind: "live", renditions: [] } })],
    "stream.renditions: expected",
  ],
  [["simulate", scenario("a"), "--fail-if", "offload"], "expected something like 'offload<0.8'"],
  [["simulate", scenario("b"), "--json", "/nowhere/at/all.json"], "/nowhere/at/all.json"],
  [["simulate", scenario("c"), "--viewers", "0"], "--viewers"],
  [["report", scenario("d")], "is no result of a load test"],
  [["constructor"], 'unknown kind "constructor"'],
])("%j is refused in one sentence", async (args, message) => {
  const { code, stdout, stderr } = await runCommand(PROGRAM, args);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/^nearcast-loadtest: [^\n]+\n$/);
  expect(stderr).toContain(message);
});

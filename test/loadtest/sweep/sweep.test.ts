import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FlagError } from "../../../command-line/flags.js";
import { parseScenario } from "../../../loadtest/scenario/parse.js";
import { ScenarioError } from "../../../loadtest/scenario/scenario.js";
import { parseVariation, varied } from "../../../loadtest/sweep/variations.js";
import { runCommand } from "../../support/command.js";

const scenario = parseScenario({
  durationS: 30,
  stream: { kind: "live", segmentS: 2, renditions: [{ kbps: 500 }] },
  audience: { viewers: 3, overS: 2 },
});

test("values are JSON where they can be, text where not", () => {
  expect(parseVariation("--vary", "policies.seeding=elected,none").values).toEqual(["elected", "none"]);
  expect(parseVariation("--vary", "audience.viewers=2, 3").values).toEqual([2, 3]);
  expect(parseVariation("--vary", 'a=[1,2],{"b":[3,4]},true').values).toEqual([[1, 2], { b: [3, 4] }, true]);
});

test.each(["", "viewers", "=1", "1a=2", `a=${Array(51).fill(1).join(",")}`])("%j is no variation", (text) => {
  expect(() => parseVariation("--vary", text)).toThrow(FlagError);
});

test("a field is changed and nothing else; a value that does not fit is refused with its field", () => {
  const changed = varied(scenario, "networks.0.upMbps", [1, 2]);
  expect(changed).toEqual({ ...scenario, networks: [{ ...scenario.networks[0], upMbps: [1, 2] }] });
  expect(() => varied(scenario, "audience.viewers", -1)).toThrow("audience.viewers: expected");
  expect(() => varied(scenario, "audience.nobody", 1)).toThrow(ScenarioError);
  expect(() => varied(scenario, "nothing.at.all", 1)).toThrow(FlagError);
});

test("a sweep is a table with a row for each pair of values", async () => {
  const folder = mkdtempSync(join(tmpdir(), "nearcast-"));
  const [file, json] = [join(folder, "scenario.json"), join(folder, "sweep.json")];
  writeFileSync(file, JSON.stringify(scenario));
  const args = [
    "--vary",
    "audience.viewers=2,4",
    "--series",
    "policies.seeding=elected,none",
    "--replicas",
    "2",
  ];
  const { code, stdout } = await runCommand("loadtest/cli.js", ["sweep", file, ...args, "--json", json]);
  expect(code).toBe(0);
  expect(
    stdout
      .trim()
      .split("\n")
      .map((row) => row.split(" | ").slice(0, 2).join(" ")),
  ).toEqual([
    "| audience.viewers policies.seeding",
    "| --- ---",
    "| 2 elected",
    "| 2 none",
    "| 4 elected",
    "| 4 none",
  ]);
  const { points } = JSON.parse(readFileSync(json, "utf8"));
  expect(points).toHaveLength(4);
  for (const { value, figures } of points) {
    expect(figures.map(({ sessions }: { sessions: number }) => sessions)).toEqual([value, value]);
  }
}, 60_000);

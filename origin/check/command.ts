import { statSync } from "node:fs";
import { Command } from "commander";
import { parseArguments } from "../command-line.js";
import { ConfigError } from "../config-error.js";
import { createOrigin } from "../origin.js";
import { checkPresentation } from "./check.js";
import type { Finding, Level } from "./finding.js";

const HELP = `
It fetches the playlists and the first and last segment of each rendition, and looks at conformance to HLS, segment
lengths, caching, CORS, ranges, integrity and clocks. A folder is served by this program for the time of the check.

Exit code: 0 when nothing is wrong, 1 when something is (with --strict also for warnings).`;

/**
 * `nearcast-origin check`.
 *
 * @param argv what follows `check`.
 * @param print writes a line.
 * @returns the exit code.
 * @throws {ConfigError} where the command line is wrong, or there is nothing to check.
 */
export async function runCheckCommand(
  argv: readonly string[],
  print: (line: string) => void,
): Promise<0 | 1> {
  const program = new Command("nearcast-origin check")
    .description("Looks at an HLS presentation for mistakes that cost viewers or sharing.")
    .argument("<url-or-folder>", "address of a playlist, or a folder with master.m3u8")
    .option("--json", "print the findings as JSON")
    .option("--strict", "fail for warnings, too")
    .option("--all", "also print what is in order")
    .addHelpText("after", HELP);
  const asked = parseArguments(program, argv);
  if (asked) {
    print(asked.help.trimEnd());
    return 0;
  }
  const [target = ""] = program.args;
  const { json, strict, all } = program.opts<{ json?: true; strict?: true; all?: true }>();
  const findings = await findingsFor(target);
  if (json) print(JSON.stringify(findings, null, 2));
  else for (const line of report(findings, all ?? false)) print(line);
  const failing: readonly Level[] = strict ? ["error", "warning"] : ["error"];
  return findings.some(({ level }) => failing.includes(level)) ? 1 : 0;
}

async function findingsFor(target: string): Promise<Finding[]> {
  if (/^https?:\/\//.test(target) && URL.canParse(target)) return checkPresentation(target, Date.now);
  if (!statSync(target, { throwIfNoEntry: false })?.isDirectory()) {
    throw new ConfigError(
      `check: expected an http: or https: address or a folder, got ${JSON.stringify(target)}`,
    );
  }
  // As they are on disk: a key made for the occasion would vouch for everything.
  const streams = { checked: { kind: "folder", folder: target, growing: true } } as const;
  await using origin = createOrigin({ port: 0, streams, integrityKeys: [] });
  const { url } = await origin.listen();
  return await checkPresentation(`${url}/hls/checked/master.m3u8`, Date.now);
}

function* report(findings: readonly Finding[], isAll: boolean): Iterable<string> {
  const shown = findings.filter(({ level }) => isAll || level !== "ok");
  const width = Math.max(0, ...shown.map(({ where }) => where.length));
  for (const { level, rule, where, text } of shown) {
    yield `${level.padEnd(7)}  ${rule.padEnd(11)}  ${where.padEnd(width)}  ${text}`;
  }
  const count = (wanted: Level) => findings.filter(({ level }) => level === wanted).length;
  yield `${count("error")} errors, ${count("warning")} warnings, ${count("ok")} checks in order`;
}

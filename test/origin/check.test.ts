import { join } from "node:path";
import { expect, test } from "vitest";
import { runCheckCommand } from "../../origin/check/command.js";
import type { Finding } from "../../origin/check/finding.js";
import { createOrigin, defaultStreams } from "../../origin/index.js";
import { startUpstream } from "../support/broken-upstream.js";
import { programmeFiles, temporaryFolder, writeFiles } from "../support/origin-programme.js";

async function check(...args: string[]): Promise<{ code: number; findings: Finding[]; text: string }> {
  const lines: string[] = [];
  const code = await runCheckCommand(args, (line) => lines.push(line));
  const text = lines.join("\n");
  return { code, text, findings: args.includes("--json") ? JSON.parse(text) : [] };
}

const textsOf = (findings: readonly Finding[], level: Finding["level"]) =>
  findings.filter((finding) => finding.level === level).map(({ where, text }) => `${where}: ${text}`);

test("what this origin serves is in order, and said to be", async () => {
  await using origin = createOrigin({ port: 0, streams: defaultStreams() });
  const { url } = await origin.listen();
  for (const stream of ["sample", "live"]) {
    const { code, findings } = await check("--json", `${url}/hls/${stream}/master.m3u8`);
    expect([stream, code, textsOf(findings, "error"), textsOf(findings, "warning")]).toEqual([
      stream,
      0,
      [],
      [],
    ]);
    const rules = new Set(findings.map(({ rule }) => rule));
    expect([...rules].sort()).toEqual(["caching", "clock", "conformance", "cors", "integrity", "ranges"]);
  }
  const { text } = await check(`${url}/hls/sample/master.m3u8`);
  expect(text).toMatch(/^0 errors, 0 warnings, \d+ checks in order$/);
});

test("a folder's mistakes are found, each with its place", async () => {
  await using folder = await temporaryFolder();
  const files = programmeFiles({ low: [2, 2], high: [2, 9] });
  await writeFiles(folder.path, {
    ...files,
    "high/playlist.m3u8": (files["high/playlist.m3u8"] ?? "")
      .replace("TARGETDURATION:9", "TARGETDURATION:4")
      .replace("VERSION:7", "VERSION:3"),
    "low/playlist.m3u8": (files["low/playlist.m3u8"] ?? "").replace("seg-1.m4s", "seg-7.m4s"),
  });
  const { code, findings } = await check("--json", folder.path);
  expect(code).toBe(1);
  expect(textsOf(findings, "error")).toEqual([
    "low/seg-7.m4s: the server answers with status 404",
    "high/playlist.m3u8: seg-1.m4s lasts 9 s, longer than #EXT-X-TARGETDURATION:4 allows (and 0 more)",
    "high/playlist.m3u8: #EXT-X-VERSION is 3, but what it uses needs 6",
  ]);
  expect(textsOf(findings, "warning")).toContain(
    "low/playlist.m3u8: it vouches for no segment, so players take none from each other; see nearcast-origin sign",
  );
});

test("a server's mistakes are found", async () => {
  const playlist = "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nseg-0.ts\n";
  await using server = await startUpstream((req, res) => {
    res.setHeader("Cache-Control", "max-age=30");
    res.end(req.url?.endsWith(".m3u8") ? playlist : "segment");
  });
  const { code, findings } = await check("--json", `${server.url}live.m3u8`);
  expect(code).toBe(1);
  expect(textsOf(findings, "error")).toEqual([
    "live.m3u8: a live playlist must hold three target durations, but it holds 4 s",
    "live.m3u8: caches keep the live playlist for 30 s, longer than its target duration",
  ]);
  expect(textsOf(findings, "warning")).toEqual([
    "live.m3u8: pages of other web origins may not read it (no Access-Control-Allow-Origin for them)",
    "live.m3u8: a live playlist without #EXT-X-PROGRAM-DATE-TIME: latency cannot be told",
    "live.m3u8: it vouches for no segment, so players take none from each other; see nearcast-origin sign",
    "seg-0.ts: pages of other web origins may not read it (no Access-Control-Allow-Origin for them)",
    "seg-0.ts: caches keep the segment for 30 s; a segment never changes, so use a year",
    "seg-0.ts: a range is answered with status 200 and 7 bytes",
  ]);
});

test("a segment that is not what its playlist says is found", async () => {
  await using origin = createOrigin({ port: 0, streams: defaultStreams() });
  const { url } = await origin.listen();
  await using server = await startUpstream(async (req, res) => {
    const path = (req.url ?? "").replace("/base/", "/hls/sample/");
    const response = await fetch(url + path);
    const body = Buffer.from(await response.arrayBuffer());
    if (path.endsWith("180p/seg-000.m4s")) body[100] = (body[100] ?? 0) ^ 1;
    res.writeHead(response.status).end(body);
  });
  const { findings } = await check("--json", `${server.url}180p/playlist.m3u8`);
  expect(textsOf(findings, "error")).toEqual(["seg-000.m4s: its hash is not the one in its playlist"]);
});

test("--strict fails for warnings, and what cannot be checked is named", async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, programmeFiles({ low: [2, 2] }));
  expect((await check(folder.path)).code).toBe(0);
  expect((await check("--strict", folder.path)).code).toBe(1);
  await expect(check(join(folder.path, "none"))).rejects.toThrow(
    "check: expected an http: or https: address or a folder",
  );
  const { code, text } = await check("http://127.0.0.1:1/master.m3u8");
  expect([code, text]).toEqual([1, expect.stringContaining("cannot be fetched: ")]);
});

import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ORIGIN_METRICS } from "../../../origin/index.js";
import { requirePrograms } from "../programs.js";
import type { OriginFlags } from "./flags.js";
import { measure, type Sample } from "./measure.js";
import { type Server, startNearcast, startNginx } from "./servers.js";
import { runWrk } from "./wrk.js";

export interface OriginResults {
  /** In turns, so that both suffer alike from whatever else the machine does. */
  readonly segments: readonly Sample[];
  readonly playlists: readonly Sample[];
  readonly memory: { readonly requests: number; readonly beforeBytes: number; readonly afterBytes: number };
  readonly live: {
    readonly requests: number;
    readonly requestsPerSecond: number;
    readonly rendered: number;
    /** How often the playlist changed meanwhile, by its segments' length. */
    readonly changes: number;
  };
}

const SERVER_CORE = 0;
const CLIENT_CORE = 1;
const SEGMENTS = 20;
const SEGMENT_BYTES = 500_000;
const SEGMENT_S = 2;

/**
 * @param onSample called after each measurement, for whoever watches.
 * @throws {BenchError}
 */
export async function runOriginBench(
  flags: OriginFlags,
  onSample: (sample: Sample) => void,
): Promise<OriginResults> {
  requirePrograms(["nginx", "wrk"]);
  const folder = mkdtempSync(join(tmpdir(), "nearcast-bench-"));
  const servers: Server[] = [];
  try {
    const www = join(folder, "www");
    makeProgramme(www);
    servers.push(
      await startNginx(www, join(folder, "nginx"), SERVER_CORE),
      await startNearcast(["--stream", `bench=${www}`, "--loop", `live=${www}`], "/hls/bench", SERVER_CORE),
    );
    const order = { folder, core: CLIENT_CORE, connections: flags.connections, seconds: flags.seconds };
    const names = Array.from({ length: SEGMENTS }, (_, index) => `/v/seg-${index}.m4s`);
    const rounds = async (paths: readonly string[]) => {
      const samples: Sample[] = [];
      for (const server of servers)
        await runWrk({
          ...order,
          url: server.url,
          paths: paths.map((path) => server.prefix + path),
          seconds: 1,
        });
      for (let round = 0; round < flags.rounds; round += 1) {
        for (const server of servers) {
          const sample = await measure(server, { ...order, paths });
          samples.push(sample);
          onSample(sample);
        }
      }
      return samples;
    };
    const segments = await rounds(names);
    const playlists = await rounds(["/v/playlist.m3u8"]);
    const nearcast = servers[1] as Server;
    return {
      ...{ segments, playlists },
      memory: await watchMemory(nearcast, flags, order, ["/v/playlist.m3u8", ...names.slice(0, 2)]),
      live: await pollLive(nearcast, flags, order),
    };
  } finally {
    for (const server of servers) await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function watchMemory(
  server: Server,
  flags: OriginFlags,
  order: { folder: string; core: number; connections: number; seconds: number },
  paths: readonly string[],
): Promise<OriginResults["memory"]> {
  const beforeBytes = server.residentBytes();
  let requests = 0;
  while (requests < flags.requests) {
    const full = paths.map((path) => server.prefix + path);
    requests += (await runWrk({ ...order, url: server.url, paths: full })).requests;
  }
  return { requests, beforeBytes, afterBytes: server.residentBytes() };
}

async function pollLive(
  server: Server,
  flags: OriginFlags,
  order: { folder: string; core: number; seconds: number },
): Promise<OriginResults["live"]> {
  const before = await renderedBy(server);
  const result = await runWrk({
    ...order,
    url: server.url,
    paths: ["/hls/live/v/playlist.m3u8"],
    connections: flags.viewers,
  });
  return {
    requests: result.requests,
    requestsPerSecond: result.requestsPerSecond,
    rendered: (await renderedBy(server)) - before,
    changes: flags.seconds / SEGMENT_S,
  };
}

async function renderedBy(server: Server): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const [, count] =
    new RegExp(`^${ORIGIN_METRICS.playlistsRendered}\\{stream="live"\\} (\\d+)$`, "m").exec(text) ?? [];
  return Number(count ?? 0);
}

/** Segments of random bytes: nothing decodes them here. */
function makeProgramme(www: string): void {
  mkdirSync(join(www, "v"), { recursive: true });
  const lines = [
    "#EXTM3U",
    "#EXT-X-VERSION:7",
    `#EXT-X-TARGETDURATION:${SEGMENT_S}`,
    '#EXT-X-MAP:URI="init.mp4"',
  ];
  for (let index = 0; index < SEGMENTS; index += 1) {
    lines.push(`#EXTINF:${SEGMENT_S}.000000,`, `seg-${index}.m4s`);
    writeFileSync(join(www, "v", `seg-${index}.m4s`), randomBytes(SEGMENT_BYTES));
  }
  writeFileSync(join(www, "v", "init.mp4"), randomBytes(1_000));
  writeFileSync(join(www, "v", "playlist.m3u8"), `${[...lines, "#EXT-X-ENDLIST"].join("\n")}\n`);
  writeFileSync(join(www, "master.m3u8"), "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=2000000\nv/playlist.m3u8\n");
}

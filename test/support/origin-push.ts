import { createOrigin, type IngestConfig, type Origin, type OriginOptions } from "../../origin/index.js";

/** An origin with one ingest named `live`, and an encoder's hands. */
export interface PushedOrigin extends AsyncDisposable {
  readonly origin: Origin;
  readonly url: string;
  readonly port: number;
  /** Pushes a file and returns the status. */
  push(path: string, body: string | Uint8Array): Promise<number>;
  /** Pushes segments named after their numbers, then a playlist that names them. */
  pushWindow(sequences: readonly number[], options?: { isEnded?: boolean; content?: string }): Promise<void>;
  /** What a viewer gets. */
  read(path: string): Promise<{ status: number; text: string; headers: Headers }>;
}

export async function startIngest(
  config: Omit<IngestConfig, "kind">,
  options: Partial<OriginOptions> = {},
): Promise<PushedOrigin> {
  const origin = createOrigin({
    port: 0,
    streams: { live: { kind: "ingest", ...config } },
    // Tests compare playlists line by line.
    integrityKeys: [],
    ...options,
  });
  const { url, port } = await origin.listen();
  const push = async (path: string, body: string | Uint8Array) => {
    const response = await fetch(`${url}/ingest/live/${path}`, { method: "PUT", body: body as BodyInit });
    await response.arrayBuffer();
    return response.status;
  };
  return {
    ...{ origin, url, port, push },
    async pushWindow(sequences, { isEnded = false, content = "segment" } = {}) {
      const newest = sequences.at(-1) ?? 0;
      await push(`v/seg-${newest}.ts`, `${content} ${newest}`);
      await push("v/live.m3u8", pushedPlaylist(sequences, { isEnded }));
    },
    async read(path) {
      const response = await fetch(`${url}/hls/live/${path}`);
      return { status: response.status, text: await response.text(), headers: response.headers };
    },
    [Symbol.asyncDispose]: () => origin.close(),
  };
}

/** A playlist as ffmpeg writes it, of two-second segments named after their numbers. */
export function pushedPlaylist(sequences: readonly number[], { isEnded = false } = {}): string {
  return [
    "#EXTM3U",
    "#EXT-X-VERSION:3",
    "#EXT-X-TARGETDURATION:2",
    `#EXT-X-MEDIA-SEQUENCE:${sequences[0] ?? 0}`,
    ...sequences.flatMap((sequence) => ["#EXTINF:2.000000,", `seg-${sequence}.ts`]),
    ...(isEnded ? ["#EXT-X-ENDLIST"] : []),
    "",
  ].join("\n");
}

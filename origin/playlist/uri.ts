/** A host that no playlist names; tells relative URIs from those that lead elsewhere. */
const HERE = "http://stream.invalid";

/**
 * The path inside the stream that a playlist's URI means, e.g. `seg-000.m4s` in `360p/playlist.m3u8` →
 * `360p/seg-000.m4s`; `undefined` when it leads to another host.
 */
export function pathInStream(uri: string, playlistPath: string): string | undefined {
  try {
    const url = new URL(uri, `${HERE}/${playlistPath.split("/").map(encodeURIComponent).join("/")}`);
    return url.origin === HERE ? decodeURIComponent(url.pathname.slice(1)) : undefined;
  } catch {
    // An unparsable URL or broken percent-encoding: no file of ours.
    return undefined;
  }
}

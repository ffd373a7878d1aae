import { posix } from "node:path";
import { isUri } from "../playlist/lines.js";

/** What a playlist of the upstream names below its base: paths in the stream, and what else is needed to fetch them. */
export interface NamedObject {
  /** Of the URI, with its question mark, e.g. a signature. */
  readonly search: string;
  /** Whether it stands behind `#EXT-X-MAP`. */
  readonly isInit: boolean;
  /** Whether the playlist takes parts of it. */
  readonly isSliced: boolean;
}

export interface TakenOverPlaylist {
  readonly text: string;
  readonly objects: ReadonlyMap<string, NamedObject>;
}

/** `URI="…"` in a tag (RFC 8216bis, 4.2). */
const URI_ATTRIBUTE = /([,:])URI="([^"]*)"/;

/**
 * Rewrites a playlist's URIs for serving it at another address: what lies below the base becomes relative to the
 * playlist, without its query; what lies elsewhere becomes absolute.
 *
 * @param path of the playlist below the base, decoded.
 */
export function takeOverPlaylist(text: string, path: string, base: URL): TakenOverPlaylist {
  const objects = new Map<string, NamedObject>();
  const here = new URL(encodePath(path), base);
  let isNextSliced = false;

  const take = (uri: string, isInit: boolean, isSliced: boolean): string => {
    if (uri.startsWith("data:") || !URL.canParse(uri, here.href)) return uri;
    const url = new URL(uri, here);
    if (url.origin !== base.origin || !url.pathname.startsWith(base.pathname)) return url.href;
    const target = decodePath(url.pathname.slice(base.pathname.length));
    if (target === undefined) return url.href;
    const known = objects.get(target);
    objects.set(target, { search: url.search, isInit, isSliced: isSliced || (known?.isSliced ?? false) });
    const relative = posix.relative(posix.dirname(path), target);
    return encodePath(relative);
  };

  const lines = text.split("\n").map((line) => {
    if (line.startsWith("#EXT-X-BYTERANGE:")) isNextSliced = true;
    if (isUri(line)) {
      const taken = take(line.trim(), false, isNextSliced);
      isNextSliced = false;
      return taken;
    }
    if (!line.startsWith("#EXT")) return line;
    return line.replace(URI_ATTRIBUTE, (_, before: string, uri: string) => {
      const isInit = line.startsWith("#EXT-X-MAP:");
      return `${before}URI="${take(uri, isInit, isInit && line.includes("BYTERANGE="))}"`;
    });
  });
  return { text: lines.join("\n"), objects };
}

export function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

function decodePath(pathname: string): string | undefined {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
}

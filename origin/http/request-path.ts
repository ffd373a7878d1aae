import { HttpProblem, quote } from "./problem.js";

/** Where a request below `/hls/` leads. */
export interface RequestPath {
  stream: string;
  /** Relative to the stream, decoded once, without empty, `.`, `..` or hidden parts. */
  path: string;
}

/**
 * Takes `/<stream>/<path>` apart. Each part is decoded exactly once; a part that then contains a separator or climbs
 * is refused, so no encoding of `../` passes, and `%252e` means a file whose name contains `%2e`.
 *
 * @param pathname as it came over the wire, percent-encoded.
 * @throws {HttpProblem} 400 for what no client of ours sends, 404 for hidden files.
 */
export function parseRequestPath(pathname: string): RequestPath {
  const [stream = "", ...parts] = pathname.slice(1).split("/").map(decode);
  for (const part of [stream, ...parts]) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here.
    if (/[\0-\x1f\x7f]/.test(part)) throw new HttpProblem(400, "The path contains a control character.");
    if (/[/\\]/.test(part) || part === ".." || part === ".") {
      throw new HttpProblem(400, "The path leaves its folder.");
    }
  }
  const path = parts.join("/");
  if (parts.some((part) => part === "" || part.startsWith("."))) {
    throw new HttpProblem(404, `Stream ${quote(stream)} has no file ${quote(path)}.`);
  }
  return { stream, path };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (cause) {
    throw new HttpProblem(400, "The path's percent-encoding is broken.", { cause });
  }
}

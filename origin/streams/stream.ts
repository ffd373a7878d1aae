/** What a file is to a player. Keys and anything else that is neither a playlist nor an init section is a segment. */
export type FileKind = "playlist" | "init" | "segment";

/** What stands at a path of a stream right now. */
export type Resource =
  | {
      at: "memory";
      text: string;
      /** Caches may keep the answer this long; a playlist must be read anew within a target duration. */
      maxAgeSeconds: number;
    }
  | { at: "file"; kind: "init" | "segment"; file: string };

/** One named stream below `/hls/`. Each kind of stream is one implementation. */
export interface Stream {
  /**
   * @param path relative to the stream, without empty, hidden or climbing parts.
   * @throws {HttpProblem} when there is nothing to send, with the sentence for the client.
   */
  find(path: string): Promise<Resource>;
}

/** Playlists change every target duration, so a cache that keeps them half as long is never a segment behind. */
export function maxAgeOf(targetDurationSeconds: number): number {
  return Math.floor(targetDurationSeconds / 2);
}

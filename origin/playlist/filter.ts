/** A media playlist on its way to clients. */
export interface PlaylistToFilter {
  readonly stream: string;
  /** Of the playlist, relative to the stream: `360p/playlist.m3u8`. Its URIs are relative to it (see `pathInStream`). */
  readonly path: string;
  readonly text: string;
  /**
   * The bytes of a file of the same stream as clients get them now.
   *
   * @param path relative to the stream.
   * @throws {HttpProblem} when there is no such file.
   */
  read(path: string): AsyncIterable<Uint8Array>;
}

/**
 * Rewrites a media playlist before it is served, e.g. adds tags. It is called once per change of the playlist, whatever
 * the kind of stream and however many clients ask. When it throws, the playlist is served as it was, and the filter is
 * asked again for the next client.
 */
export type PlaylistFilter = (playlist: PlaylistToFilter) => string | Promise<string>;

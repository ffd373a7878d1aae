import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";

/** Something that a playlist's URI leads to and that can be read. */
export interface SegmentBytes {
  /** Changes whenever the bytes do; hashes are kept under it. */
  readonly identity: string;
  /** Of the whole resource; `undefined` where that is not known beforehand. */
  readonly bytes: number | undefined;
  /** @param range first and last byte, both included; all of it without. */
  read(range?: { readonly start: number; readonly end: number }): AsyncIterable<Uint8Array>;
}

/** Where a segment's bytes are; `undefined` where there is nothing, or not yet. */
export type FindSegment = (uri: string) => Promise<SegmentBytes | undefined>;

/** A file as it is now. */
export async function fileBytes(file: string): Promise<SegmentBytes | undefined> {
  const stats = await stat(file, { bigint: true }).catch(() => undefined);
  if (!stats?.isFile() || stats.size === 0n) return undefined;
  return {
    identity: `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeNs}`,
    bytes: Number(stats.size),
    read: (range) => createReadStream(file, { ...range }),
  };
}

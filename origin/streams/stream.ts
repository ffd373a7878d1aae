import type { IngestDesk } from "../ingest/ingest.js";
import type { SegmentBytes } from "../integrity/segment-bytes.js";
import type { Arriving } from "../memory/arriving.js";

/** What a file is to a player. Keys and anything else that is neither a playlist nor an init section is a segment. */
export type FileKind = "playlist" | "init" | "segment";

/** A playlist as its stream has it, before it is tagged and encoded for serving. */
export interface PlaylistResource {
  at: "playlist";
  /** A stream returns the same string until the playlist changes: comparing it costs nothing then. */
  text: string;
  isMaster: boolean;
  /** Caches may keep the answer this long; a playlist must be read anew within a target duration. */
  maxAgeSeconds: number;
}

/** A complete file on this machine's disk. */
export interface FileResource {
  at: "file";
  kind: "init" | "segment";
  file: string;
  bytes: number;
  modifiedMs: number;
  /** Whether its content never changes under this name, as far as the stream knows. */
  isImmutable: boolean;
  /** Whether every viewer wants it now; others come to memory only when they are asked for again. */
  isLive: boolean;
}

/** A file that is still on its way to this machine. */
export interface ArrivingResource {
  at: "arriving";
  kind: "init" | "segment";
  arriving: Arriving;
  /** Its length, where whoever sends it has promised one. */
  bytes: number | undefined;
  isImmutable: boolean;
}

/** A file, or the part of it that was asked for, that this process holds. */
export interface MemoryResource {
  at: "memory";
  kind: "init" | "segment";
  content: Uint8Array;
  /** With its quotes. */
  etag: string;
  isImmutable: boolean;
  /** Which bytes of the whole `content` is. */
  part: { start: number; end: number; total: number } | undefined;
}

/** What stands at a path of a stream right now. */
export type Resource = PlaylistResource | FileResource | ArrivingResource | MemoryResource;

/** One named stream below `/hls/`. Each kind of stream is one implementation. */
export interface Stream {
  /**
   * @param path relative to the stream, without empty, hidden or climbing parts.
   * @param range the client's `Range` header, for streams that have to fetch what is asked for. Whatever it says, a
   * stream may answer with the whole.
   * @throws {HttpProblem} when there is nothing to send, with the sentence for the client.
   */
  find(path: string, range?: string): Promise<Resource>;
  /** Ends of the newest segments by their program dates, in milliseconds since 1970, for streams that know. */
  newestDates?(): Iterable<number>;
  /** Whether asking it costs another server something: it is not looked at before viewers come. */
  readonly isRemote?: boolean;
  /** The bytes of a segment for hashing, for streams whose segments are no files here. */
  segmentBytes?(path: string): Promise<SegmentBytes | undefined>;
  /** Where encoders push to, for streams that take pushes. */
  readonly desk?: IngestDesk;
  /** Lets go of what the stream holds; waits for what must not be lost. */
  close?(): Promise<void>;
}

/** Playlists change every target duration, so a cache that keeps them half as long is never a segment behind. */
export function maxAgeOf(targetDurationSeconds: number): number {
  return Math.floor(targetDurationSeconds / 2);
}

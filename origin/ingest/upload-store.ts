import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { type FileHandle, mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname, join, posix, relative, sep } from "node:path";
import { mediaTypeOf } from "../http/media-type.js";
import { HttpProblem, quote } from "../http/problem.js";
import { Arriving } from "../memory/arriving.js";
import type { FileMemory } from "../memory/file-memory.js";
import type { FileVersion } from "../memory/file-version.js";
import type { StoredFile, Upload } from "./timeline.js";

/** Holds what the origin itself keeps beside the media; hidden from clients. */
export const STATE_FOLDER = ".nearcast";
const UPLOADS = join(STATE_FOLDER, "uploads");

interface StoredUpload extends StoredFile {
  version: FileVersion;
  /** The path that it was uploaded under. */
  path: string;
  /** Since when no playlist has needed it. */
  idleSinceMs: number;
}

/** An upload in progress. Exactly one of `commit` and `abort` ends it. */
export interface ActiveUpload {
  write(chunk: Uint8Array): Promise<void>;
  /** Makes the file visible, whole. */
  commit(): Promise<StoredFile>;
  abort(): Promise<void>;
}

export interface UploadStoreOptions {
  /** Without symbolic links itself. */
  readonly root: string;
  readonly memory: FileMemory;
  readonly clock: () => number;
  /** Larger uploads cannot be followed while they arrive. */
  readonly maxFollowedBytes: number;
}

/**
 * Uploaded media files on disk. An upload is written under `.nearcast/uploads/` and renamed when it is complete, so that
 * whatever stops this process, no half file is ever seen; a path that is uploaded again gets a name of its own.
 */
export class UploadStore {
  readonly #options: UploadStoreOptions;
  readonly #byName = new Map<string, StoredUpload>();
  readonly #latest = new Map<string, StoredUpload>();
  readonly #active = new Map<string, Set<Arriving>>();
  /** Names given to uploads whose file is not yet there. */
  readonly #reserved = new Set<string>();
  #nextSerial = 1;
  #nextUpload = 1;

  constructor(options: UploadStoreOptions) {
    this.#options = options;
    const { root } = options;
    rmSync(join(root, UPLOADS), { recursive: true, force: true });
    mkdirSync(join(root, UPLOADS), { recursive: true });
    for (const found of filesBelow(root)) this.#add(found.name, pushedPathOf(found.name), found, undefined);
  }

  lookUp(path: string): Upload {
    if (this.#active.has(path)) return { at: "arriving" };
    const file = this.#latest.get(path);
    return file ? { at: "complete", file } : { at: "missing" };
  }

  /** A complete file by its name; `undefined` when there is none. */
  find(name: string): FileVersion | undefined {
    return this.#byName.get(name)?.version;
  }

  /** An upload of a path that has no file yet. */
  findArriving(path: string): Arriving | undefined {
    const [arriving] = this.#byName.has(path) ? [] : (this.#active.get(path) ?? []);
    return arriving;
  }

  /** Digests and serials that an earlier process knew; see {@link StoredFile}. */
  recall(file: StoredFile): StoredFile {
    const stored = this.#byName.get(file.name);
    if (stored) stored.digest = file.digest;
    return stored ?? file;
  }

  async begin(path: string): Promise<ActiveUpload> {
    const { root, maxFollowedBytes } = this.#options;
    const temporary = join(root, UPLOADS, String(this.#nextUpload++));
    const handle = await open(temporary, "wx").catch(asDiskProblem);
    const arriving = new Arriving();
    const active = this.#active.get(path) ?? new Set();
    this.#active.set(path, active.add(arriving));
    const hash = createHash("sha256");
    let isFollowable = true;

    const end = async () => {
      active.delete(arriving);
      if (active.size === 0 && this.#active.get(path) === active) this.#active.delete(path);
    };
    return {
      write: async (chunk) => {
        await writeAll(handle, chunk).catch(asDiskProblem);
        hash.update(chunk);
        if (isFollowable && arriving.bytes + chunk.byteLength <= maxFollowedBytes) arriving.append(chunk);
        else {
          isFollowable = false;
          arriving.breakOff();
        }
      },
      commit: async () => {
        const name = this.#freeName(path);
        this.#reserved.add(name);
        try {
          await handle.close().catch(asDiskProblem);
          const file = join(root, name);
          await mkdir(dirname(file), { recursive: true }).catch(asDiskProblem);
          await rename(temporary, file).catch(asDiskProblem);
          const { size, mtimeMs } = await stat(file);
          const stored = this.#add(
            name,
            path,
            { bytes: size, modifiedMs: mtimeMs },
            hash.digest("base64url"),
          );
          if (isFollowable) {
            arriving.complete();
            this.#options.memory.put(stored.version, await arriving.whole());
          }
          return stored;
        } finally {
          this.#reserved.delete(name);
          await end();
        }
      },
      abort: async () => {
        await handle.close().catch(() => {});
        await rm(temporary, { force: true }).catch(() => {});
        await end();
        arriving.breakOff();
      },
    };
  }

  /**
   * Removes files that no playlist has needed for a while.
   *
   * @param needed names, and paths whose latest upload must stay.
   */
  async sweep(
    needed: { names: ReadonlySet<string>; paths: ReadonlySet<string> },
    graceMs: number,
  ): Promise<void> {
    const nowMs = this.#options.clock();
    for (const stored of [...this.#byName.values()]) {
      const isLatest = this.#latest.get(stored.path) === stored;
      // Keys are named by playlists' tags only.
      const isKey = posix.extname(stored.path) === ".key";
      if (needed.names.has(stored.name) || (isLatest && (isKey || needed.paths.has(stored.path)))) {
        stored.idleSinceMs = nowMs;
      } else if (nowMs - stored.idleSinceMs >= graceMs) await this.#remove(stored);
    }
  }

  async remove(name: string): Promise<void> {
    const stored = this.#byName.get(name);
    if (stored) await this.#remove(stored);
  }

  async #remove(stored: StoredUpload): Promise<void> {
    this.#byName.delete(stored.name);
    if (this.#latest.get(stored.path) === stored) this.#latest.delete(stored.path);
    this.#options.memory.forget(stored.version.file);
    await rm(stored.version.file, { force: true });
  }

  #add(
    name: string,
    path: string,
    { bytes, modifiedMs }: { bytes: number; modifiedMs: number },
    digest: string | undefined,
  ): StoredUpload {
    const { root, clock } = this.#options;
    const stored: StoredUpload = {
      ...{ name, path, digest },
      serial: this.#nextSerial++,
      version: { file: join(root, name), bytes, modifiedMs },
      idleSinceMs: clock(),
    };
    this.#byName.set(name, stored);
    this.#latest.set(path, stored);
    return stored;
  }

  #freeName(path: string): string {
    const extension = posix.extname(path);
    const stem = path.slice(0, path.length - extension.length);
    let name = path;
    for (let again = 1; this.#byName.has(name) || this.#reserved.has(name); again += 1) {
      name = `${stem}~${again}${extension}`;
    }
    return name;
  }
}

/** The inverse of naming: `seg-1~2.m4s` is the third upload of `seg-1.m4s`. */
function pushedPathOf(name: string): string {
  return name.replace(/~[1-9]\d*(\.\w+)$/, "$1");
}

/** Media files on disk, oldest first. */
function filesBelow(root: string): { name: string; bytes: number; modifiedMs: number }[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => ({ file: join(entry.parentPath, entry.name) }))
    .map(({ file }) => ({ file, name: relative(root, file).split(sep).join("/") }))
    .filter(({ name }) => !name.startsWith(".") && mediaTypeOf(name) !== undefined && !name.endsWith(".m3u8"))
    .map(({ file, name }) => {
      const { size, mtimeMs } = statSync(file);
      return { name, bytes: size, modifiedMs: mtimeMs };
    })
    .sort((a, b) => a.modifiedMs - b.modifiedMs);
}

async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let written = 0; written < chunk.byteLength; ) {
    written += (await handle.write(chunk, written)).bytesWritten;
  }
}

/** @throws {HttpProblem} 507 when the disk is full, with a sentence for the encoder's log. */
export function asDiskProblem(cause: unknown): never {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === "ENOSPC" || code === "EDQUOT") {
    throw new HttpProblem(507, "The disk is full: the upload was not kept. What is published stays.", {
      cause,
    });
  }
  if (code === "ENOTDIR" || code === "EISDIR" || code === "EEXIST") {
    throw new HttpProblem(409, `A file and a folder cannot have one name: ${quote(code)}.`, { cause });
  }
  if (code === "ENAMETOOLONG") throw new HttpProblem(400, "The path is too long for this system.", { cause });
  throw cause;
}

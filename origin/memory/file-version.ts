/** A version of a file: one with the same size and time of change is taken for the same. */
export interface FileVersion {
  /** Its path on this machine. */
  readonly file: string;
  readonly bytes: number;
  readonly modifiedMs: number;
}

export function isSameVersion(a: FileVersion, b: FileVersion): boolean {
  return a.file === b.file && a.bytes === b.bytes && a.modifiedMs === b.modifiedMs;
}

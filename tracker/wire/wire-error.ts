import type { InfoHash } from "./bytes20.js";

/** A frame that is not a message of the WebTorrent tracker protocol; the message says where, what was expected and what came. */
export class WireError extends Error {
  override readonly name = "WireError";
  /** The swarm that the frame was about, where that much could be read. */
  infoHash: InfoHash | undefined;

  constructor(
    readonly reason: "binary" | "not_json" | "malformed" | "too_fast",
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The error for a field; `got` is described by its kind and size only, because it may be huge or hostile. */
export function malformed(where: string, expected: string, got: unknown): WireError {
  return new WireError("malformed", `${where}: expected ${expected}, got ${describe(got)}`);
}

function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string") return `a string of ${value.length} characters`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  return String(value);
}

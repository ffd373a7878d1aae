import { describe } from "./describe.js";

/** A stream's name as the operator gives it, e.g. `sample`. Checked by {@link parseStreamName}. */
export type StreamName = string & { readonly __brand: "StreamName" };

const STREAM_NAME = /^[A-Za-z0-9._-]{1,64}$/;

/**
 * Accepts 1 to 64 letters, digits, dots, underscores and hyphens. `.` and `..` are refused because stream
 * names stand in URL paths.
 *
 * @throws {RangeError} naming the expected form.
 */
export function parseStreamName(text: unknown): StreamName {
  if (typeof text !== "string" || !STREAM_NAME.test(text) || text === "." || text === "..") {
    throw new RangeError(`stream: expected 1 to 64 letters, digits, ".", "_" or "-", got ${describe(text)}`);
  }
  return text as StreamName;
}

/** The swarm that viewers of one stream share, whichever host name they load it from. */
export function swarmIdOf(stream: StreamName): string {
  return `nearcast:${stream}`;
}

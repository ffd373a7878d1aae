import { readFile } from "node:fs/promises";
import { parseStreamName, type StreamName } from "../../player/protocol/index.js";
import { OptionError } from "../options.js";
import { parsePolicy, type StreamPolicy } from "./stream-policy.js";

/** Policies to begin with: `{ "common": {…}, "streams": { "news": {…} } }`, as `GET /policy` shows them. */
export interface PoliciesFile {
  readonly common: StreamPolicy;
  readonly streams: ReadonlyMap<StreamName, StreamPolicy>;
}

/** @throws {OptionError} naming file and field. */
export async function readPolicies(file: string): Promise<PoliciesFile> {
  try {
    return parsePolicies(JSON.parse(await readFile(file, "utf8")));
  } catch (cause) {
    throw new OptionError(`policies: ${file}: ${(cause as Error).message}`, { cause });
  }
}

/** @throws {Error} saying what is wrong. */
export function parsePolicies(json: unknown): PoliciesFile {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new RangeError('expected an object with "common" and "streams"');
  }
  const { common = {}, streams = {}, ...rest } = json as { common?: unknown; streams?: unknown };
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw new RangeError(`${unknown}: expected "common" and "streams" only`);
  if (typeof streams !== "object" || streams === null) throw new RangeError("streams: expected an object");
  return {
    common: parsePolicy(common),
    streams: new Map(
      Object.entries(streams).map(([name, policy]) => [parseStreamName(name), parsePolicy(policy)]),
    ),
  };
}

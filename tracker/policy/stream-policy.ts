import * as v from "valibot";
import type { Standing } from "../rules.js";

/** What operators can decide for a stream, or for all. What is left out holds as before. */
export interface StreamPolicy {
  /** `false` switches P2P off. @default true */
  readonly p2p?: boolean | undefined;
  /** P2P starts with so many viewers. @default 0 */
  readonly minViewers?: number | undefined;
  /** Share of the sessions that play without P2P, to compare with. @default 0 */
  readonly holdoutShare?: number | undefined;
  /** Bytes uploaded over bytes downloaded at most. @default the player's */
  readonly uploadRatio?: number | undefined;
  /** @default the player's */
  readonly uploadKbps?: number | undefined;
  /** What viewers of a network may do, by its name in the networks file; goes before what that file says. */
  readonly networks?: Readonly<Record<string, Standing>> | undefined;
  /** What viewers of a country may do, by its code (ISO 3166-1 alpha-2). */
  readonly countries?: Readonly<Record<string, Standing>> | undefined;
}

/** A policy is wrong; the message names the field. */
export class PolicyError extends Error {
  override readonly name = "PolicyError";
}

const MAX_ENTRIES = 10_000;

const standing = v.picklist(
  ["p2p", "leech", "off"],
  ({ input }) => `expected p2p, leech or off, got ${show(input)}`,
);

const schema = v.strictObject({
  p2p: v.optional(v.boolean(({ input }) => `expected true or false, got ${show(input)}`)),
  minViewers: v.optional(number(0, 1_000_000)),
  holdoutShare: v.optional(number(0, 1)),
  uploadRatio: v.optional(number(0, 1000)),
  uploadKbps: v.optional(number(0, 10_000_000)),
  networks: v.optional(record(/^.{1,64}$/, "names of networks")),
  countries: v.optional(record(/^[A-Z]{2}$/, "country codes such as DE")),
});

/** @throws {PolicyError} */
export function parsePolicy(json: unknown): StreamPolicy {
  if (Array.isArray(json)) throw new PolicyError("policy: expected an object, got a list");
  const result = v.safeParse(schema, json);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue);
  if (path === null) throw new PolicyError(`policy: expected an object, got ${show(json)}`);
  const isKnown = (path.split(".")[0] ?? "") in schema.entries;
  throw new PolicyError(
    isKnown
      ? `${path}: ${issue.message}`
      : `${path}: not a field of policies; known are ${Object.keys(schema.entries).join(", ")}`,
  );
}

function number(min: number, max: number) {
  const message = ({ input }: { input: unknown }) =>
    `expected a number from ${min} to ${max}, got ${show(input)}`;
  return v.pipe(v.number(message), v.minValue(min, message), v.maxValue(max, message));
}

function record(key: RegExp, expected: string) {
  const message = `expected at most ${MAX_ENTRIES} ${expected} with p2p, leech or off each`;
  return v.pipe(
    v.record(v.pipe(v.string(), v.regex(key, message)), standing, message),
    v.check((entries) => Object.keys(entries).length <= MAX_ENTRIES, message),
  );
}

function show(input: unknown): string {
  return (JSON.stringify(input) ?? String(input)).slice(0, 80);
}

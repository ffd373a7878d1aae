import type { IncomingHttpHeaders } from "node:http";
import { type CmcdData, decodeCmcd, fromCmcdHeaders } from "@svta/cml-cmcd";

/** What a player tells of itself with a request (CTA-5004, CMCD versions 1 and 2), in base units. */
export interface ClientData {
  bufferSeconds: number | undefined;
  throughputBps: number | undefined;
  /** Its buffer has run empty since its last request. */
  isStarved: boolean;
  /** It needs the object urgently: to start, after a seek or after a stall. */
  isStartup: boolean;
}

/** A player writes a few hundred characters; a longer text is not read. */
const MAX_LENGTH = 2_000;
const HEADERS = ["cmcd-request", "cmcd-object", "cmcd-status", "cmcd-session"] as const;

/** Beyond these, a player does not report but mislead. */
const MAX_BUFFER_SECONDS = 3_600;
const MAX_THROUGHPUT_BPS = 1e11;

/** Reads CMCD from the query or the headers; `undefined` when there is none that can be read. */
export function readClientData(query: URLSearchParams, headers: IncomingHttpHeaders): ClientData | undefined {
  const data = decode(query, headers);
  if (!data) return undefined;
  const bufferMs = numberOf(data.bl);
  const throughputKbps = numberOf(data.mtp);
  return {
    bufferSeconds: within(bufferMs === undefined ? undefined : bufferMs / 1000, MAX_BUFFER_SECONDS),
    throughputBps: within(
      throughputKbps === undefined ? undefined : throughputKbps * 1000,
      MAX_THROUGHPUT_BPS,
    ),
    isStarved: data.bs === true,
    isStartup: data.su === true,
  };
}

function decode(query: URLSearchParams, headers: IncomingHttpHeaders): CmcdData | undefined {
  try {
    const text = query.get("CMCD");
    if (text !== null) return text.length <= MAX_LENGTH ? decodeCmcd(text) : undefined;
    const given: Record<string, string> = {};
    for (const name of HEADERS) {
      const value = headers[name];
      if (typeof value === "string" && value.length <= MAX_LENGTH) given[name] = value;
    }
    return Object.keys(given).length === 0 ? undefined : fromCmcdHeaders(given);
  } catch {
    // Not CMCD: players are not refused for what they tell of themselves.
    return undefined;
  }
}

/** Version 2 has lists of items, one per object type; the first one is about what is requested. */
function numberOf(value: unknown): number | undefined {
  const first = Array.isArray(value) ? value[0] : value;
  const bare = typeof first === "object" && first !== null ? (first as { value?: unknown }).value : first;
  return typeof bare === "number" && Number.isFinite(bare) ? bare : undefined;
}

function within(value: number | undefined, most: number): number | undefined {
  return value !== undefined && value >= 0 && value <= most ? value : undefined;
}

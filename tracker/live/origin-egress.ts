import { parseStreamName, type StreamName } from "../../player/protocol/index.js";
import { metricSamples } from "./metric-samples.js";

/** The origin's counter of body bytes by `stream`, `kind` and `status`. A test compares the name with the origin's own. */
export const ORIGIN_BYTES_METRIC = "nearcast_origin_response_bytes_total";

/** What players count, too: segments and initialisation segments that were delivered. */
const KINDS = ["segment", "init"];
const STATUSES = ["200", "206"];

/** What the origin calls it where there is no stream. */
const NO_STREAM = "unknown";

const MAX_PAGE_BYTES = 8 * 2 ** 20;

/** What origins have sent between two looks at their metrics. */
export type Egress =
  /** By stream; counted since the last look. */
  | { readonly state: "answering"; readonly bytes: ReadonlyMap<StreamName, number> }
  /** Nothing to compare with yet: the first look, or the first after a failure. */
  | { readonly state: "begun" }
  | { readonly state: "failing"; readonly because: string };

/** Asks origins how much media they have sent. */
export class OriginEgress {
  readonly #urls: readonly string[];
  readonly #timeoutMs: number;
  /** By stream, one for each origin; absent after a failure, because nobody knows when the bytes in between were sent. */
  #seen: ReadonlyMap<StreamName, number>[] | undefined;

  /** @param urls of their metrics. */
  constructor(urls: readonly string[], { timeoutMs }: { readonly timeoutMs: number }) {
    this.#urls = urls;
    this.#timeoutMs = timeoutMs;
  }

  async look(): Promise<Egress> {
    let counts: ReadonlyMap<StreamName, number>[];
    try {
      counts = await Promise.all(this.#urls.map((url) => readCounts(url, this.#timeoutMs)));
    } catch (error) {
      this.#seen = undefined;
      return { state: "failing", because: (error as Error).message };
    }
    const before = this.#seen;
    this.#seen = counts;
    return before === undefined ? { state: "begun" } : { state: "answering", bytes: growth(before, counts) };
  }
}

function growth(
  before: readonly ReadonlyMap<StreamName, number>[],
  after: readonly ReadonlyMap<StreamName, number>[],
): Map<StreamName, number> {
  const grown = new Map<StreamName, number>();
  for (const [index, counts] of after.entries()) {
    for (const [stream, count] of counts) {
      const last = before[index]?.get(stream) ?? 0;
      // A smaller count was begun anew, when the origin was.
      const bytes = count < last ? count : count - last;
      grown.set(stream, (grown.get(stream) ?? 0) + bytes);
    }
  }
  return grown;
}

/** @throws {Error} with a sentence that names the address. */
async function readCounts(url: string, timeoutMs: number): Promise<Map<StreamName, number>> {
  const text = await readText(url, timeoutMs);
  const counts = new Map<StreamName, number>();
  const samples = metricSamples(text, ORIGIN_BYTES_METRIC);
  if (samples.length === 0 && !text.includes(ORIGIN_BYTES_METRIC)) {
    throw new Error(`${url} does not have the metrics of an origin`);
  }
  for (const { labels, value } of samples) {
    const { kind = "", status = "" } = labels;
    const stream = streamOf(labels.stream);
    if (stream === undefined || !KINDS.includes(kind) || !STATUSES.includes(status)) continue;
    counts.set(stream, (counts.get(stream) ?? 0) + value);
  }
  return counts;
}

/** Requests that belong to no stream are told, too. */
function streamOf(label: string | undefined): StreamName | undefined {
  if (label === undefined || label === NO_STREAM) return undefined;
  try {
    return parseStreamName(label);
  } catch {
    return undefined;
  }
}

async function readText(url: string, timeoutMs: number): Promise<string> {
  let response: Response;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  } catch (cause) {
    const isLate = (cause as Error).name === "TimeoutError";
    throw new Error(`${url} ${isLate ? "answers too late" : "cannot be reached"}`, { cause });
  }
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of response.body ?? []) {
      parts.push(Buffer.from(part));
      size += part.byteLength;
      if (size > MAX_PAGE_BYTES) break;
    }
  } catch (cause) {
    throw new Error(`${url} stops in the middle of its answer`, { cause });
  }
  if (size > MAX_PAGE_BYTES) throw new Error(`${url} answers more than ${MAX_PAGE_BYTES} bytes`);
  return Buffer.concat(parts).toString();
}

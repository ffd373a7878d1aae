/** An answer of the server that is checked. */
export interface Fetched {
  /** After redirects. */
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** As a page of another web origin would ask. */
export const PAGE_ORIGIN = "https://page.example";

const TIMEOUT_MS = 15_000;
const MAX_BYTES = 64 * 1024 * 1024;

/** @throws {Error} with one sentence when nothing comes. */
export async function fetchFor(url: string, headers: Record<string, string> = {}): Promise<Fetched> {
  try {
    const response = await fetch(url, {
      headers: { Origin: PAGE_ORIGIN, ...headers },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of response.body ?? []) {
      bytes += chunk.byteLength;
      if (bytes > MAX_BYTES) throw new RangeError(`it is larger than ${MAX_BYTES} bytes`);
      chunks.push(chunk);
    }
    return {
      url: response.url,
      status: response.status,
      headers: response.headers,
      body: Buffer.concat(chunks),
    };
  } catch (cause) {
    const reason = (cause as { cause?: Error }).cause?.message ?? (cause as Error).message;
    throw new Error(`${url} cannot be fetched: ${reason}`, { cause });
  }
}

import { type JoinDocument, MAX_JOIN_BYTES, parseJoin } from "../protocol/index.js";
import { readText } from "./read-text.js";

const TIMEOUT_MS = 10_000;
/** Whoever answers so is there, and says no. */
const REFUSALS = new Set([400, 401, 403, 404, 405, 410, 501]);

/** Why there is nothing to join by. */
export class JoinError extends Error {
  override readonly name = "JoinError";

  constructor(
    sentence: string,
    /** It will hardly be answered otherwise. */
    readonly isRefusal: boolean,
    readonly details: { readonly status?: number; readonly retryAfterMs?: number } = {},
    options?: ErrorOptions,
  ) {
    super(sentence, options);
  }
}

/**
 * Asks a tracker for all that a player needs.
 *
 * @param token the viewer's, if it has one.
 * @throws {JoinError}
 */
export async function askToJoin(
  url: string,
  token: string | undefined,
  fetch: typeof globalThis.fetch,
): Promise<JoinDocument> {
  const { origin } = new URL(url);
  let response: Response;
  try {
    response = await fetch(url, {
      credentials: "omit",
      cache: "no-store",
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(token !== undefined && { headers: { Authorization: `Bearer ${token}` } }),
    });
  } catch (cause) {
    throw new JoinError(`the tracker at ${origin} does not answer`, false, {}, { cause });
  }
  const { status } = response;
  if (!response.ok) {
    response.body?.cancel().catch(() => {});
    const seconds = Number(response.headers.get("Retry-After"));
    const sentence = `the tracker at ${origin} answers ${status}`;
    throw new JoinError(sentence, REFUSALS.has(status), {
      status,
      ...(seconds > 0 && { retryAfterMs: seconds * 1000 }),
    });
  }
  try {
    return parseJoin(JSON.parse(await readText(response, MAX_JOIN_BYTES)), response.url || url);
  } catch (cause) {
    const isSlow = cause instanceof DOMException || cause instanceof TypeError;
    const what = isSlow
      ? "does not finish its answer"
      : `answers something else (${(cause as Error).message})`;
    throw new JoinError(`the tracker at ${origin} ${what}`, !isSlow, {}, { cause });
  }
}

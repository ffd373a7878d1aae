/** Where the token is kept: until the tab is closed, and for this tab alone. */
const STORED_AS = "nearcast-admin-token";

export const adminToken = {
  get: (): string | undefined => sessionStorage.getItem(STORED_AS) ?? undefined,
  set: (token: string) => sessionStorage.setItem(STORED_AS, token),
  forget: () => sessionStorage.removeItem(STORED_AS),
};

/** The tracker does not answer this; trying again changes nothing. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";

  constructor(
    sentence: string,
    /** Whether the admin token would help. */
    readonly asksForToken: boolean,
  ) {
    super(sentence);
  }
}

/**
 * Asks the tracker that serves this page, with the admin token if there is one.
 *
 * @param path relative to the page.
 * @throws {RefusedError}
 * @throws {Error} where asking again may help.
 */
export async function askTracker(path: string, signal: AbortSignal): Promise<Response> {
  const token = adminToken.get();
  let response: Response;
  try {
    response = await fetch(path, {
      cache: "no-store",
      signal,
      ...(token !== undefined && { headers: { Authorization: `Bearer ${token}` } }),
    });
  } catch (cause) {
    throw new Error("The tracker cannot be reached.", { cause });
  }
  if (response.ok) return response;
  const sentence = (await response.text()).trim().slice(0, 300);
  if (response.status === 401) {
    if (token === undefined) throw new RefusedError(sentence, true);
    adminToken.forget();
    throw new RefusedError("The tracker does not know this admin token.", true);
  }
  if (response.status === 400 || response.status === 403) throw new RefusedError(sentence, false);
  throw new Error(sentence || `The tracker answers ${response.status}.`);
}

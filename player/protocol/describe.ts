/** A value as it stands in error messages, shortened; for anything that callers may pass. */
export function describe(value: unknown): string {
  return asText(value).slice(0, 80);
}

function asText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    // Circular, or with a bigint in it.
    return String(value);
  }
}

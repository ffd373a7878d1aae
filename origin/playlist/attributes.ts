/** `NAME=value` or `NAME="quoted, with commas"`, separated by commas (RFC 8216bis, 4.2). */
const ATTRIBUTE = /([A-Z0-9-]+)=("[^"]*"|[^",]*)/g;

/** An attribute list's values by name, quotes removed; anything that is no attribute is passed over. */
export function parseAttributes(text: string): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  for (const [, name, value] of text.matchAll(ATTRIBUTE)) {
    if (name !== undefined && value !== undefined) attributes.set(name, value.replaceAll('"', ""));
  }
  return attributes;
}

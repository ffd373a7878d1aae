// RFC 4648, 5, without padding, as JOSE uses it.

/** Arguments that one call of `String.fromCharCode` takes everywhere. */
const CHUNK = 8_192;

export function encodeBase64Url(bytes: Uint8Array): string {
  let binary = "";
  for (let from = 0; from < bytes.length; from += CHUNK) {
    binary += String.fromCharCode(...bytes.subarray(from, from + CHUNK));
  }
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** `undefined` for text that {@link encodeBase64Url} never writes. */
export function decodeBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) return undefined;
  let binary: string;
  try {
    binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    // A length that no bytes have.
    return undefined;
  }
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  // Bits behind the last byte would let several texts mean the same bytes.
  return encodeBase64Url(bytes) === text ? bytes : undefined;
}

import { createHash } from "node:crypto";
import { expect } from "vitest";
import type { PublicJwk } from "../../origin/index.js";
import { listSegments, playlistLines, readDigests, readSignature } from "../../player/protocol/index.js";

const ALGORITHMS = {
  ES256: { import: { name: "ECDSA", namedCurve: "P-256" }, verify: { name: "ECDSA", hash: "SHA-256" } },
  EdDSA: { import: { name: "Ed25519" }, verify: { name: "Ed25519" } },
} as const;

/** Whether a browser with these keys would believe the playlist. */
export async function isSignedBy(text: string, keys: readonly PublicJwk[]): Promise<boolean> {
  const found = readSignature(text);
  if (found.at !== "present") return false;
  const jwk = keys.find(({ kid }) => kid === found.signature.kid);
  if (!jwk) return false;
  const algorithm = ALGORITHMS[found.signature.alg];
  const key = await crypto.subtle.importKey("jwk", { ...jwk } as JsonWebKey, algorithm.import, false, [
    "verify",
  ]);
  return crypto.subtle.verify(algorithm.verify, key, found.signature.value, found.signature.input);
}

export async function publishedKeys(url: string): Promise<PublicJwk[]> {
  const response = await fetch(`${url}/.well-known/nearcast.json`);
  expect(response.status).toBe(200);
  return ((await response.json()) as { keys: PublicJwk[] }).keys;
}

/** Expects that every segment is vouched for, and that its address has just those bytes. */
export async function expectDigestsOf(playlistUrl: string): Promise<{ text: string; segments: number }> {
  const text = await (await fetch(playlistUrl)).text();
  const digests = readDigests(text);
  const segments = listSegments(playlistLines(text));
  expect(digests.length).toBe(segments.length);
  for (const [index, { uri, byteRange }] of segments.entries()) {
    const response = await fetch(new URL(uri, playlistUrl), {
      headers: byteRange ? { Range: `bytes=${byteRange.start}-${byteRange.end}` } : {},
    });
    const bytes = new Uint8Array(await response.arrayBuffer());
    const sha256 = createHash("sha256").update(bytes).digest("base64url");
    expect({ uri, ...digests[index] }).toEqual({ uri, sha256, bytes: bytes.byteLength });
  }
  return { text, segments: segments.length };
}

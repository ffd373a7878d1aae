import { createHash } from "node:crypto";
import { readDigests, readSignature } from "../../player/protocol/index.js";
import { WELL_KNOWN_PATH } from "../integrity/well-known.js";
import { type Fetched, fetchFor } from "./fetched.js";
import type { Finding } from "./finding.js";

/** Whether a playlist vouches for its segments, and its key can be found. */
export async function integrityFindings(where: string, url: string, text: string): Promise<Finding[]> {
  const finding = (level: Finding["level"], said: string): Finding => ({
    level,
    rule: "integrity",
    where,
    text: said,
  });
  const digests = readDigests(text);
  const missing = digests.filter((digest) => digest === undefined).length;
  if (missing === digests.length) {
    return [
      finding(
        "warning",
        "it vouches for no segment, so players take none from each other; see nearcast-origin sign",
      ),
    ];
  }
  const findings =
    missing > 0
      ? [finding("warning", `it vouches for ${digests.length - missing} of ${digests.length} segments`)]
      : [finding("ok", `it vouches for all ${digests.length} segments`)];
  const signature = readSignature(text);
  if (signature.at !== "present")
    return [...findings, finding("error", "it is not signed, so players believe none of it")];
  const { kid } = signature.signature;
  const keys = await fetchFor(new URL(WELL_KNOWN_PATH, url).href).catch(() => undefined);
  const isPublished =
    keys?.status === 200 &&
    Buffer.from(keys.body)
      .toString()
      .includes(`"kid":${JSON.stringify(kid)}`);
  const said = isPublished
    ? `its key ${kid} is published`
    : `its key ${kid} is not at ${WELL_KNOWN_PATH}: players need it in their option publicKeys`;
  return [...findings, finding(isPublished ? "ok" : "warning", said)];
}

/** Whether a segment is what its playlist says. */
export function segmentIntegrity(where: string, { body }: Fetched, expected: string | undefined): Finding[] {
  if (expected === undefined) return [];
  const isSame = createHash("sha256").update(body).digest("base64url") === expected;
  const text = isSame ? "it is what its playlist says" : "its hash is not the one in its playlist";
  return [{ level: isSame ? "ok" : "error", rule: "integrity", where, text }];
}

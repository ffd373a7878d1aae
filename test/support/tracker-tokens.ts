import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTokenIssuer, parseAccessKeys } from "../../player/protocol/access-token.js";
import { parseStreamName } from "../../player/protocol/index.js";

const SECRET = { kty: "oct", kid: "k", k: Buffer.alloc(32, 7).toString("base64url") };

/** The file that a tracker checks {@link token}s with. */
export async function keyFile(): Promise<string> {
  const path = join(tmpdir(), `nearcast-keys-${crypto.randomUUID()}.json`);
  await writeFile(path, JSON.stringify(SECRET));
  return path;
}

/** A viewer's access token. */
export async function token(
  options: { stream?: string; session?: string; expiresInS?: number } = {},
): Promise<string> {
  const { stream = "news", session = "viewer-1", expiresInS = 60 } = options;
  const [key] = (await parseAccessKeys(JSON.stringify(SECRET))).values();
  if (key === undefined) throw new Error("no key");
  const issue = createTokenIssuer({ key });
  const expiresAtS = Math.round(Date.now() / 1000) + expiresInS;
  return await issue({ stream: parseStreamName(stream), session, expiresAtS, tokenId: crypto.randomUUID() });
}

import { generateKeyPairSync, randomUUID } from "node:crypto";
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { createTokenIssuer, parseAccessKeys } from "../../player/protocol/access-token.js";
import { parseStreamName } from "../../player/protocol/index.js";
import { writeFiles } from "./origin-programme.js";

export const API_KEY = "api-key-of-the-test-run-0123456789";

/** Key files of a provider in a folder, and its pen. */
export async function makeAccessKeys(folder: string) {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwk = JSON.stringify({ ...privateKey.export({ format: "jwk" }), kid: "k1" });
  await writeFiles(folder, { "access.jwk": jwk, "api.key": `${API_KEY}\n` });
  const [keyFile, apiKeyFile] = [join(folder, "access.jwk"), join(folder, "api.key")];
  await chmod(keyFile, 0o600);
  await chmod(apiKeyFile, 0o600);
  const key = (await parseAccessKeys(jwk)).get("k1");
  if (!key) throw new Error("no key");
  const issue = createTokenIssuer({ key });
  return {
    keyFile,
    apiKeyFile,
    token: (stream: string, expiresAtS: number) =>
      issue({ stream: parseStreamName(stream), session: "viewer", tokenId: randomUUID(), expiresAtS }),
  };
}

import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { Command } from "commander";
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from "jose";
import { parseArguments } from "../command-line.js";
import { ConfigError } from "../config-error.js";

const ALGORITHMS = ["ES256", "EdDSA", "HS256"] as const;
type Algorithm = (typeof ALGORITHMS)[number];

const HELP = `
Without --shared it makes a key pair (JWK) that signs access tokens (access.keyFile) or playlists (--integrity-key).
Give the public half to trackers and other origins. ES256 is understood by every browser, EdDSA by those of 2025 and
later; HS256 has no public half, so every server that checks tokens could also issue them, and it signs no playlists.

With --shared it makes a random text that a program presents: an ingest key (keyFile) or API key (access.apiKeyFile).`;

/** Only the owner may read what is written. */
const SECRET_MODE = 0o600;
const SHARED_KEY_BYTES = 32;

/**
 * `nearcast-origin keygen`.
 *
 * @param argv what follows `keygen`.
 * @param print writes a line.
 * @throws {ConfigError} where the command line is wrong, or a file is there already.
 */
export async function runKeygenCommand(
  argv: readonly string[],
  print: (line: string) => void,
): Promise<void> {
  const program = new Command("nearcast-origin keygen")
    .description("Makes key files that nobody else on this machine can read.")
    .requiredOption("--out <file>", "file for the secret; an existing one is never overwritten")
    .option("--public <file>", "file for the public half, as a JWK set")
    .option("--algorithm <name>", "ES256, EdDSA or HS256", "ES256")
    .option("--shared", "make a shared key instead")
    .addHelpText("after", HELP);
  const asked = parseArguments(program, argv);
  if (asked) {
    print(asked.help.trimEnd());
    return;
  }
  const {
    out,
    public: publicFile,
    algorithm,
    shared,
  } = program.opts<{
    out: string;
    public?: string;
    algorithm: string;
    shared?: true;
  }>();
  if (shared) {
    if (publicFile !== undefined) throw new ConfigError("--public: a shared key has no public half");
    writeNew("--out", out, `${randomBytes(SHARED_KEY_BYTES).toString("base64url")}\n`, SECRET_MODE);
    print(`shared key   ${out}`);
    return;
  }
  if (!isAlgorithm(algorithm)) {
    throw new ConfigError(
      `--algorithm: expected one of ${ALGORITHMS.join(", ")}, got ${JSON.stringify(algorithm)}`,
    );
  }
  const { secret, half } = await makeKey(algorithm);
  if (publicFile !== undefined && !half) throw new ConfigError("--public: an HS256 key has no public half");
  writeNew("--out", out, `${JSON.stringify(secret)}\n`, SECRET_MODE);
  print(`secret key   ${out}`);
  if (!half) return;
  if (publicFile === undefined) print(`public key   ${JSON.stringify(half)}`);
  else {
    writeNew("--public", publicFile, `${JSON.stringify({ keys: [half] })}\n`, 0o644);
    print(`public key   ${publicFile}`);
  }
}

function isAlgorithm(text: string): text is Algorithm {
  return (ALGORITHMS as readonly string[]).includes(text);
}

async function makeKey(alg: Algorithm): Promise<{ secret: JWK; half: JWK | undefined }> {
  if (alg === "HS256") {
    const jwk = { kty: "oct", k: randomBytes(SHARED_KEY_BYTES).toString("base64url") };
    return { secret: { ...jwk, kid: await calculateJwkThumbprint(jwk), alg, use: "sig" }, half: undefined };
  }
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = await exportJWK(privateKey);
  const { d: _, ...half } = jwk;
  const about = { kid: await calculateJwkThumbprint(half), alg, use: "sig" };
  return { secret: { ...jwk, ...about }, half: { ...half, ...about } };
}

function writeNew(flag: string, file: string, text: string, mode: number): void {
  try {
    writeFileSync(file, text, { flag: "wx", mode });
  } catch (cause) {
    const isThere = (cause as NodeJS.ErrnoException).code === "EEXIST";
    const reason = isThere
      ? "is there already, and is not overwritten"
      : `cannot be written: ${(cause as Error).message}`;
    throw new ConfigError(`${flag}: ${file} ${reason}`, { cause });
  }
}

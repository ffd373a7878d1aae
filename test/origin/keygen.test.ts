import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runKeygenCommand } from "../../origin/access/keygen-command.js";
import { readSharedKey } from "../../origin/access/shared-key.js";
import { parsePlaylistKey } from "../../origin/index.js";
import {
  createTokenIssuer,
  createTokenVerifier,
  parseAccessKeys,
} from "../../player/protocol/access-token.js";
import { parseStreamName } from "../../player/protocol/index.js";
import { temporaryFolder } from "../support/origin-programme.js";

const modeOf = async (file: string) => (await stat(file)).mode & 0o777;

test.each(["ES256", "EdDSA", "HS256"])(
  "a new %s key signs tokens, and its public half checks them",
  async (algorithm) => {
    await using folder = await temporaryFolder();
    const [out, half] = [join(folder.path, "secret.jwk"), join(folder.path, "public.json")];
    const hasHalf = algorithm !== "HS256";
    const lines: string[] = [];
    const args = ["--out", out, "--algorithm", algorithm, ...(hasHalf ? ["--public", half] : [])];
    await runKeygenCommand(args, (line) => lines.push(line));
    const text = await readFile(out, "utf8");
    expect(await modeOf(out)).toBe(0o600);
    const { d, k } = JSON.parse(text);
    expect(lines.join()).not.toContain(d ?? k);
    const [key] = (await parseAccessKeys(text)).values();
    if (!key) throw new Error("no key");
    const stream = parseStreamName("news");
    const grant = { stream, session: "s", tokenId: "t", expiresAtS: Math.floor(Date.now() / 1000) + 60 };
    const token = await createTokenIssuer({ key })(grant);
    const keys = await parseAccessKeys(hasHalf ? await readFile(half, "utf8") : text);
    expect(await createTokenVerifier({ keys })(token, stream)).toEqual(grant);
    if (!hasHalf) return;
    expect(JSON.stringify(await readFile(half, "utf8"))).not.toContain(d);
    // The same file signs playlists.
    expect(parsePlaylistKey(text).kid).toBe(key.id);
  },
);

test("a shared key can be read as one by its owner", async () => {
  await using folder = await temporaryFolder();
  const out = join(folder.path, "ingest.key");
  await runKeygenCommand(["--shared", "--out", out], () => {});
  expect(await modeOf(out)).toBe(0o600);
  expect(readSharedKey(out, "keyFile").matches((await readFile(out, "utf8")).trim())).toBe(true);
});

test("nothing is overwritten, and wrong flags are named", async () => {
  await using folder = await temporaryFolder();
  const out = join(folder.path, "key");
  const run = (...args: string[]) => runKeygenCommand(args, () => {});
  await run("--out", out);
  await expect(run("--out", out)).rejects.toThrow(`--out: ${out} is there already, and is not overwritten`);
  await expect(run()).rejects.toThrow("keygen: required option '--out <file>' not specified");
  await expect(run("--out", "x", "--algorithm", "none")).rejects.toThrow(
    "--algorithm: expected one of ES256, EdDSA, HS256",
  );
  await expect(run("--out", "x", "--shared", "--public", "y")).rejects.toThrow(
    "--public: a shared key has no public half",
  );
});

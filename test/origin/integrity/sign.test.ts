import { chmod, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parsePlaylistKey } from "../../../origin/index.js";
import { readDigests, removeIntegrity } from "../../../player/protocol/index.js";
import { runCommand } from "../../support/command.js";
import { programmeFiles, temporaryFolder, writeFiles } from "../../support/origin-programme.js";
import { newPem } from "../../support/playlist-keys.js";
import { isSignedBy } from "../../support/signed-playlists.js";

const CLI = "origin/cli.js";

test.each(["P-256", "Ed25519"] as const)(
  "sign tags a folder in place with a key on %s, and a second time changes nothing",
  async (curve) => {
    await using folder = await temporaryFolder();
    const files = programmeFiles({ low: [2, 2, 2], high: [2, 2, 2] });
    await writeFiles(folder.path, files);
    await writeFiles(folder.path, { "key.pem": newPem(curve) });
    const keyFile = join(folder.path, "key.pem");
    await chmod(keyFile, 0o600);
    const keys = join(folder.path, "nearcast.json");
    const sign = () => runCommand(CLI, ["sign", folder.path, "--key", keyFile, "--public-keys", keys]);

    expect(await sign()).toEqual({
      code: 0,
      stdout: "signed     high/playlist.m3u8\nsigned     low/playlist.m3u8\n",
      stderr: "",
    });
    const published = JSON.parse(await readFile(keys, "utf8")).keys;
    const file = join(folder.path, "low/playlist.m3u8");
    const text = await readFile(file, "utf8");
    expect(removeIntegrity(text)).toBe(files["low/playlist.m3u8"]);
    expect(readDigests(text).every((digest) => digest?.bytes === 5)).toBe(true);
    expect(await isSignedBy(text, published)).toBe(true);

    const before = await stat(file, { bigint: true });
    expect(await sign()).toMatchObject({
      code: 0,
      stdout: "unchanged  high/playlist.m3u8\nunchanged  low/playlist.m3u8\n",
    });
    const after = await stat(file, { bigint: true });
    expect([after.ino, after.mtimeNs]).toEqual([before.ino, before.mtimeNs]);
    expect((await readdir(join(folder.path, "low"))).filter((name) => name.endsWith(".tmp"))).toEqual([]);
    expect(await readFile(join(folder.path, "master.m3u8"), "utf8")).toBe(files["master.m3u8"]);
  },
);

test("sign names the segments that it cannot read, and vouches for the others", async () => {
  await using folder = await temporaryFolder();
  const files = programmeFiles({ low: [2, 2] });
  delete files["low/seg-1.m4s"];
  await writeFiles(folder.path, { ...files, "key.pem": newPem() });
  await chmod(join(folder.path, "key.pem"), 0o600);
  const { code, stderr } = await runCommand(CLI, [
    "sign",
    folder.path,
    "--key",
    join(folder.path, "key.pem"),
  ]);
  expect(code).toBe(0);
  expect(stderr).toContain("low/playlist.m3u8: seg-1.m4s cannot be read here");
  const text = await readFile(join(folder.path, "low/playlist.m3u8"), "utf8");
  expect(readDigests(text).map((digest) => digest !== undefined)).toEqual([true, false]);
});

test.each<[what: string, content: string, mode: number, sentence: string]>([
  ["everybody may read", newPem(), 0o644, "every user of this machine can use"],
  ["is no key", "hello", 0o600, "expected a private key on P-256 or Ed25519, as PEM or JWK"],
  ["is broken JSON", "{", 0o600, "expected a private key on P-256 or Ed25519, as PEM or JWK"],
])("a key file that %s ends with one sentence and exit code 1", async (_what, content, mode, sentence) => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, { "key.pem": content });
  const file = join(folder.path, "key.pem");
  await chmod(file, mode);
  const signed = await runCommand(CLI, ["sign", folder.path, "--key", file]);
  expect(signed).toMatchObject({ code: 1, stdout: "" });
  expect(signed.stderr).toMatch(/^nearcast-origin: key: [^\n]+\n$/);
  expect(signed.stderr).toContain(sentence);
  const served = await runCommand(CLI, ["--integrity-key", file, "--port", "0"]);
  expect(served).toMatchObject({ code: 1, stdout: "" });
  expect(served.stderr).toMatch(/^nearcast-origin: integrityKeys: [^\n]+\n$/);
});

test("sign without a folder, without a key, or with a folder without playlists ends with one sentence", async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, { "key.pem": newPem() });
  const file = join(folder.path, "key.pem");
  await chmod(file, 0o600);
  const sentenceOf = async (...args: string[]) => {
    const { code, stderr } = await runCommand(CLI, ["sign", ...args]);
    expect(code).toBe(1);
    return stderr;
  };
  expect(await sentenceOf("--key", file)).toBe("nearcast-origin: sign: missing required argument 'folder'\n");
  expect(await sentenceOf(folder.path)).toBe(
    "nearcast-origin: sign: required option '--key <file>' not specified\n",
  );
  expect(await sentenceOf("/nowhere", "--key", file)).toBe(
    "nearcast-origin: sign: there is no folder /nowhere\n",
  );
  expect(await sentenceOf(folder.path, "--key", file)).toBe(
    `nearcast-origin: sign: there is no media playlist in ${folder.path}\n`,
  );
  expect(await runCommand(CLI, ["sign", "--help"])).toMatchObject({ code: 0, stderr: "" });
});

test("a key keeps its JWK's name, and is otherwise named by its thumbprint", () => {
  // RFC 8037, appendix A.
  const jwk = {
    kty: "OKP",
    crv: "Ed25519",
    d: "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
    x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
  };
  expect(parsePlaylistKey(JSON.stringify(jwk)).kid).toBe("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
  expect(parsePlaylistKey(JSON.stringify({ ...jwk, kid: "summer" })).kid).toBe("summer");
  expect(parsePlaylistKey(JSON.stringify(jwk), "winter").publicJwk).toEqual({
    kty: "OKP",
    crv: "Ed25519",
    x: jwk.x,
    kid: "winter",
    alg: "EdDSA",
    use: "sig",
  });
  expect(() => parsePlaylistKey(JSON.stringify(jwk), "a b")).toThrow("expected a key id");
});

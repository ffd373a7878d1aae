import { statSync, writeFileSync } from "node:fs";
import { Command } from "commander";
import { parseArguments } from "../command-line.js";
import { ConfigError } from "../config-error.js";
import { readKeyFile } from "./key-file.js";
import { signFolder } from "./sign-folder.js";

const HELP = `
Hashes every segment, writes the hashes into the playlists and signs them, in place. A second run changes nothing.
Players find the public key at https://HOST/.well-known/nearcast.json, which --public-keys writes, or are given it
with their option publicKeys.`;

/**
 * `nearcast-origin sign`.
 *
 * @param argv what follows `sign`.
 * @param print writes a line.
 * @throws {ConfigError} where the command line, the folder or the key is wrong.
 */
export async function runSignCommand(
  argv: readonly string[],
  print: (line: string) => void,
  warn: (line: string) => void,
): Promise<void> {
  const command = parseSignCommand(argv);
  if (command.do === "help") {
    print(command.text.trimEnd());
    return;
  }
  const { folder, publicKeysFile } = command;
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new ConfigError(`sign: there is no folder ${folder}`);
  }
  const key = readKeyFile(command.keyFile, "key");
  let playlists = 0;
  for await (const { path, isChanged, unreadable } of signFolder(folder, key)) {
    playlists++;
    print(`${isChanged ? "signed   " : "unchanged"}  ${path}`);
    for (const uri of unreadable) warn(`${path}: ${uri} cannot be read here, so peers cannot share it`);
  }
  if (playlists === 0) throw new ConfigError(`sign: there is no media playlist in ${folder}`);
  const keySet = `${JSON.stringify({ keys: [key.publicJwk] })}\n`;
  if (publicKeysFile === undefined) print(`public key  ${JSON.stringify(key.publicJwk)}`);
  else writeFileSync(publicKeysFile, keySet);
}

type SignCommand =
  | { readonly do: "help"; readonly text: string }
  | {
      readonly do: "sign";
      readonly folder: string;
      readonly keyFile: string;
      readonly publicKeysFile: string | undefined;
    };

function parseSignCommand(argv: readonly string[]): SignCommand {
  const program = new Command("nearcast-origin sign")
    .description("Writes into the HLS playlists of a folder what players need to check segments from peers.")
    .argument("<folder>", "folder with playlists and segments")
    .requiredOption("--key <file>", "private key, PEM or JWK, on P-256 or Ed25519")
    .option("--public-keys <file>", "write the public key here, as /.well-known/nearcast.json has it")
    .addHelpText("after", HELP);
  const asked = parseArguments(program, argv);
  if (asked) return { do: "help", text: asked.help };
  const { key, publicKeys } = program.opts<{ key: string; publicKeys?: string }>();
  return { do: "sign", folder: program.args[0] ?? "", keyFile: key, publicKeysFile: publicKeys };
}

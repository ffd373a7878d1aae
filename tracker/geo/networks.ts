import { type Address, parseAddress } from "../nearness/address.js";
import { OptionError } from "../options.js";
import type { Standing } from "../rules.js";

/** A network of the operator's: viewers in it are near each other, and may be allowed less. */
export interface Network {
  /** Its index among all; what places are compared by. */
  readonly number: number;
  readonly name: string;
  readonly standing: Standing;
}

export const STANDINGS: readonly Standing[] = ["p2p", "leech", "off"];

const MAX_PREFIXES = 1_000_000;
const MAX_NAME_LENGTH = 64;

/** Which network an address is in: the one with the longest matching prefix. */
export class Networks {
  readonly all: Network[] = [];
  readonly #byName = new Map<string, Network>();
  readonly #byPrefix = new Map<string, Network>();
  /** Of each family, longest first. */
  readonly #lengths = { 4: [] as number[], 6: [] as number[] };

  /** @throws {RangeError} saying what is wrong. */
  add(prefix: string, name: string, standing: Standing): void {
    const [text = "", bits, ...rest] = prefix.split("/");
    const address = parseAddress(text);
    const most = address?.family === 4 ? 32 : 128;
    const length = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
    if (address === undefined || rest.length > 0 || !(length <= most)) {
      throw new RangeError(
        `expected an address prefix such as 192.0.2.0/24, got ${JSON.stringify(prefix.slice(0, 60))}`,
      );
    }
    if (name === "" || name.length > MAX_NAME_LENGTH) {
      throw new RangeError(`expected a name of 1-${MAX_NAME_LENGTH} characters, got ${name.length}`);
    }
    if (this.#byPrefix.size >= MAX_PREFIXES)
      throw new RangeError(`expected at most ${MAX_PREFIXES} prefixes`);
    const network = this.#byName.get(name) ?? this.#create(name, standing);
    if (network.standing !== standing) {
      throw new RangeError(
        `expected one policy for network ${JSON.stringify(name)}, got "${network.standing}" and "${standing}"`,
      );
    }
    this.#byPrefix.set(keyOf(address, length), network);
    const lengths = this.#lengths[address.family];
    if (!lengths.includes(length)) lengths.push(length);
    lengths.sort((a, b) => b - a);
  }

  networkOf(address: Address): Network | undefined {
    return this.find(address)?.network;
  }

  /** With the length of the prefix that has decided. */
  find(address: Address): { readonly network: Network; readonly length: number } | undefined {
    for (const length of this.#lengths[address.family]) {
      const network = this.#byPrefix.get(keyOf(address, length));
      if (network !== undefined) return { network, length };
    }
    return undefined;
  }

  #create(name: string, standing: Standing): Network {
    const network = { number: this.all.length, name, standing };
    this.all.push(network);
    this.#byName.set(name, network);
    return network;
  }
}

/**
 * Reads lines of `prefix,name[,policy]`, or a network map of ALTO (RFC 7285, section 11.2.1.6).
 *
 * @param file named in errors.
 * @throws {OptionError}
 */
export function parseNetworks(text: string, file: string): Networks {
  const networks = new Networks();
  const add = (where: string, prefix: string, name: string, standing: Standing) => {
    try {
      networks.add(prefix, name, standing);
    } catch (cause) {
      throw new OptionError(`networks: ${file}, ${where}: ${(cause as Error).message}`, { cause });
    }
  };
  if (text.trimStart().startsWith("{")) addAlto(text, file, add);
  else addLines(text, file, add);
  return networks;
}

type Add = (where: string, prefix: string, name: string, standing: Standing) => void;

function addLines(text: string, file: string, add: Add): void {
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const [prefix = "", name = "", policy = "p2p", ...rest] = line.split(",").map((field) => field.trim());
    const standing = STANDINGS.find((known) => known === policy);
    if (standing === undefined || rest.length > 0) {
      throw new OptionError(
        `networks: ${file}, line ${index + 1}: expected prefix,name[,policy] with a policy of ${STANDINGS.join(", ")}, got ${JSON.stringify(line.slice(0, 80))}`,
      );
    }
    add(`line ${index + 1}`, prefix, name, standing);
  }
}

function addAlto(text: string, file: string, add: Add): void {
  const wrong = (expected: string, cause?: unknown) =>
    new OptionError(`networks: ${file}: expected ${expected}`, { cause });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw wrong(`an ALTO network map, got text that is no JSON (${(cause as Error).message})`, cause);
  }
  const map = (json as { "network-map"?: unknown })["network-map"];
  if (typeof map !== "object" || map === null) throw wrong('an ALTO network map with a member "network-map"');
  for (const [pid, groups] of Object.entries(map)) {
    for (const family of ["ipv4", "ipv6"]) {
      const prefixes: unknown = groups?.[family] ?? [];
      if (!Array.isArray(prefixes)) throw wrong(`a list of prefixes at ${pid}.${family}`);
      for (const prefix of prefixes) add(`${pid}.${family}`, String(prefix), pid, "p2p");
    }
  }
}

function keyOf({ bytes, family }: Address, length: number): string {
  const whole = length >> 3;
  const partial = length & 7;
  const head = bytes.slice(0, whole);
  if (partial > 0) head.push((bytes[whole] ?? 0) & (0xff << (8 - partial)));
  return `${family}/${length}/${head.join(".")}`;
}

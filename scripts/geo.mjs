#!/usr/bin/env node
// Makes dist/tracker/geo/addresses.bin, by which the tracker knows country and ASN of an address, out of the packages
// below: 9 MB instead of 110. Done already for these versions, it does nothing.
import { existsSync, mkdirSync, openSync, readFileSync, readSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const FILE = join(ROOT, "dist/tracker/geo/addresses.bin");
const FOLDER = join(ROOT, "node_modules/@ip-location-db");
/** Bytes for the JSON that says what follows, padded with spaces. */
const HEADER_BYTES = 1024;

const SOURCES = [
  { name: "asn4", file: "asn/asn-ipv4-num.csv" },
  { name: "asn6", file: "asn/asn-ipv6-num.csv" },
  { name: "country4", file: "geo-whois-asn-country/geo-whois-asn-country-ipv4-num.csv" },
  { name: "country6", file: "geo-whois-asn-country/geo-whois-asn-country-ipv6-num.csv" },
];

const versions = Object.fromEntries(
  ["asn", "geo-whois-asn-country"].map((name) => [
    name,
    JSON.parse(readFileSync(join(FOLDER, name, "package.json"), "utf8")).version,
  ]),
);
if (!isCurrent()) build();

function isCurrent() {
  if (!existsSync(FILE)) return false;
  const header = Buffer.alloc(HEADER_BYTES);
  readSync(openSync(FILE, "r"), header, 0, HEADER_BYTES, 0);
  return JSON.stringify(JSON.parse(header.toString()).versions) === JSON.stringify(versions);
}

function build() {
  const parts = [];
  const tables = {};
  let offset = HEADER_BYTES;
  for (const { name, file } of SOURCES) {
    const { keys, values } = table(file, name.endsWith("6"), name.startsWith("asn"));
    tables[name] = { rows: keys.length, keys: offset, values: offset + keys.byteLength };
    for (const part of [keys, values]) {
      const bytes = Buffer.from(part.buffer);
      parts.push(bytes);
      offset += bytes.length;
    }
    // What follows is read as numbers of eight bytes.
    const padding = Buffer.alloc((8 - (offset % 8)) % 8);
    parts.push(padding);
    offset += padding.length;
  }
  const header = JSON.stringify({ versions, tables }).padEnd(HEADER_BYTES);
  mkdirSync(dirname(FILE), { recursive: true });
  writeFileSync(FILE, Buffer.concat([Buffer.from(header), ...parts]));
}

/**
 * Starts of ranges and what holds from there on, 0 for nothing. IPv4 addresses are numbers, of IPv6 ones the first
 * 48 bits count.
 */
function table(file, isIpv6, isAsn) {
  const starts = [];
  const values = [];
  const add = (start, value) => {
    if (starts.at(-1) === start) {
      values[values.length - 1] = value;
    } else if ((values.at(-1) ?? 0) !== value) {
      starts.push(start);
      values.push(value);
    }
  };
  for (const line of readFileSync(join(FOLDER, file), "latin1").split("\n")) {
    const [first, last, value] = line.split(",", 3);
    if (value === undefined) continue;
    const number = isAsn ? Number(value) : value.charCodeAt(0) * 256 + value.charCodeAt(1);
    add(key(first, isIpv6), number);
    add(key(last, isIpv6) + 1, 0);
  }
  return {
    keys: isIpv6 ? new Float64Array(starts) : new Uint32Array(starts),
    values: isAsn ? new Uint32Array(values) : new Uint16Array(values),
  };
}

function key(text, isIpv6) {
  return isIpv6 ? Number(BigInt(text) >> 80n) : Number(text);
}

import fc from "fast-check";
import { expect, test } from "vitest";
import { parseNetworks } from "../../../tracker/geo/networks.js";
import { parseAddress } from "../../../tracker/nearness/address.js";
import { OptionError } from "../../../tracker/options.js";

function networkOf(text: string, address: string) {
  const parsed = parseAddress(address);
  return parsed && parseNetworks(text, "networks.csv").networkOf(parsed);
}

const CSV = `# prefix,name,policy
10.0.0.0/8, campus
10.1.0.0/16, library, leech
10.1.2.0/23, lab, off
2001:470::/32, campus
81.2.69.142, router
`;

test.each([
  ["10.200.0.1", "campus", "p2p"],
  ["10.1.0.1", "library", "leech"],
  ["10.1.3.1", "lab", "off"],
  ["10.1.4.1", "library", "leech"],
  ["2001:470:1::1", "campus", "p2p"],
  ["81.2.69.142", "router", "p2p"],
  ["81.2.69.143", undefined, undefined],
  ["2001:471::1", undefined, undefined],
])("%s is in %s, which may %s", (address, name, standing) => {
  const network = networkOf(CSV, address);
  expect([network?.name, network?.standing]).toEqual([name, standing]);
});

test("a network map of ALTO (RFC 7285, section 11.2.1.7) is read, too", () => {
  const alto = JSON.stringify({
    meta: {
      vtag: { "resource-id": "my-default-network-map", tag: "da65eca2eb7a10ce8b059740b0b2e3f8eb1d4785" },
    },
    "network-map": {
      PID1: { ipv4: ["192.0.2.0/24", "198.51.100.0/25"] },
      PID2: { ipv4: ["198.51.100.128/25"] },
      PID3: { ipv4: ["0.0.0.0/0"], ipv6: ["::/0"] },
    },
  });
  expect(networkOf(alto, "192.0.2.9")?.name).toBe("PID1");
  expect(networkOf(alto, "198.51.100.200")?.name).toBe("PID2");
  expect(networkOf(alto, "203.0.113.1")?.name).toBe("PID3");
  expect(networkOf(alto, "2a00::1")?.name).toBe("PID3");
});

test.each([
  ["10.0.0.0/33,x", /^networks: networks\.csv, line 1: expected an address prefix/],
  ["\n10.0.0/8,x", /line 2: expected an address prefix/],
  ["10.0.0.0/8,", /line 1: expected a name/],
  ["10.0.0.0/8,x,maybe", /line 1: expected prefix,name\[,policy\] with a policy of p2p, leech, off/],
  ["10.0.0.0/8,x,off\n11.0.0.0/8,x", /line 2: expected one policy for network "x"/],
  ["{", /expected an ALTO network map, got text that is no JSON/],
  ["{}", /expected an ALTO network map with a member/],
  ['{"network-map":{"P":{"ipv4":"all"}}}', /expected a list of prefixes at P\.ipv4/],
  ['{"network-map":{"P":{"ipv4":["all"]}}}', /P\.ipv4: expected an address prefix/],
])("%j is refused by file and place", (text, sentence) => {
  expect(() => parseNetworks(text, "networks.csv")).toThrow(OptionError);
  expect(() => parseNetworks(text, "networks.csv")).toThrow(sentence);
});

test("the longest prefix that an address begins with is its network", () => {
  const prefix = fc.record({
    bytes: fc.uint8Array({ minLength: 4, maxLength: 4 }),
    length: fc.integer({ min: 0, max: 32 }),
  });
  const bits = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
  fc.assert(
    fc.property(
      fc.array(prefix, { minLength: 1, maxLength: 20 }),
      fc.nat(),
      fc.nat(32),
      (prefixes, which, flipped) => {
        const text = prefixes
          .map(({ bytes, length }) => `${bytes.join(".")}/${length},n${bits(bytes).slice(0, length)}`)
          .join("\n");
        const address = Uint8Array.from(prefixes[which % prefixes.length]?.bytes ?? []);
        address[flipped >> 3] = (address[flipped >> 3] ?? 0) ^ (128 >> (flipped & 7));
        const lengths = prefixes
          .filter(({ bytes, length }) => bits(bytes).slice(0, length) === bits(address).slice(0, length))
          .map(({ length }) => length);
        const expected =
          lengths.length === 0 ? undefined : `n${bits(address).slice(0, Math.max(...lengths))}`;
        expect(networkOf(text, address.join("."))?.name).toBe(expected);
      },
    ),
  );
});

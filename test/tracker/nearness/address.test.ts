import fc from "fast-check";
import { expect, test } from "vitest";
import { parseAddress, scopeOf } from "../../../tracker/nearness/address.js";
import { createPlace, TIERS, tierBetween } from "../../../tracker/nearness/place.js";

function tier(a: string, b: string) {
  const [one, other] = [parseAddress(a), parseAddress(b)];
  if (one === undefined || other === undefined) throw new Error("not an address");
  return TIERS[tierBetween(createPlace(one), createPlace(other))];
}

test.each([
  ["81.2.69.1", "81.2.69.1", "address"],
  ["81.2.69.1", "::ffff:81.2.69.1", "address"],
  ["81.2.69.1", "81.2.69.2", "prefix"],
  ["81.2.69.255", "81.2.70.0", "anyone"],
  ["0.0.0.1", "::1", "anyone"],
  ["2a00:1450:4001:80b::1", "2a00:1450:4001:80b:ffff::2", "address"],
  ["2a00:1450:4001:80b::1", "2a00:1450:4001:80c::1", "prefix"],
  ["2a00:1450:4001::1", "2a00:1450:4002::1", "anyone"],
])("%s and %s have the same: %s", (a, b, expected) => {
  expect(tier(a, b)).toBe(expected);
});

test.each([
  ["81.2.69.1", true],
  ["2a00:1450:4001::1", true],
  ["10.0.0.1", false],
  ["172.31.255.255", false],
  ["192.168.1.1", false],
  ["100.64.0.1", false],
  ["127.0.0.1", false],
  ["169.254.0.1", false],
  ["224.0.0.1", false],
  ["0.0.0.0", false],
  ["255.255.255.255", false],
  ["::", false],
  ["::1", false],
  ["fe80::1%eth0", false],
  ["fd00::1", false],
  ["ff02::1", false],
  ["::ffff:10.0.0.1", false],
])("%s is public: %s", (text, expected) => {
  const address = parseAddress(text);
  expect(address && scopeOf(address) === "public").toBe(expected);
});

test.each([
  "",
  "1",
  "1.2.3",
  "1.2.3.4.5",
  "256.1.1.1",
  "01.2.3.4",
  "localhost",
  "1.2.3.4:80",
  "[::1]",
  "::1::",
  " 1.2.3.4",
])("%j is not an address", (text) => {
  expect(parseAddress(text)).toBeUndefined();
});

test("two addresses are in one prefix exactly when their first 24 or 48 bits are the same", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ minLength: 4, maxLength: 4 }),
    fc.uint8Array({ minLength: 16, maxLength: 16 }).filter(([first = 0]) => first >= 0x20 && first < 0x40),
  );
  const written = (address: Uint8Array) =>
    address.length === 4 ? address.join(".") : Buffer.from(address).toString("hex").match(/.{4}/g)?.join(":");
  fc.assert(
    fc.property(bytes, bytes, (a, b) => {
      const head = (address: Uint8Array) => address.slice(0, address.length === 4 ? 3 : 6).join();
      const same = a.length === b.length && head(a) === head(b);
      expect(parseAddress(written(a) ?? "")?.prefix === parseAddress(written(b) ?? "")?.prefix).toBe(same);
    }),
  );
});

test("whatever text comes, an address or nothing is read", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.ipV4(), fc.ipV6()), (text) => {
      const address = parseAddress(text);
      if (address !== undefined) expect(parseAddress(address.text)).toEqual(address);
    }),
  );
});

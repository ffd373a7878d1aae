import { expect, test } from "vitest";
import { createLocator } from "../../../tracker/geo/locator.js";
import { parseAddress } from "../../../tracker/nearness/address.js";

async function explain(address: string, geo: string[] = []) {
  const parsed = parseAddress(address);
  if (parsed === undefined) throw new Error("not an address");
  return (await createLocator({ geo, networks: undefined })).explain(parsed);
}

test.each([
  ["8.8.8.8", 15169, "US"],
  ["2001:4860:4860::8888", 15169, "US"],
  ["193.0.6.139", 3333, "NL"],
  ["2001:67c:2e8:22::c100:68b", 3333, "NL"],
])("the data that is built in knows where %s is", async (address, asn, country) => {
  expect(await explain(address)).toMatchObject({ asn, country });
});

test.each(["192.168.1.1", "10.0.0.1", "100.64.0.1", "127.0.0.1", "224.0.0.1", "::1", "fd00::1", "0.0.0.0"])(
  "%s is nowhere",
  async (address) => {
    expect(await explain(address)).toMatchObject({ asn: null, country: null });
  },
);

test("prefixes are those that count as near", async () => {
  expect(await explain("81.2.69.142")).toMatchObject({
    sameAddress: "81.2.69.142/32",
    prefix: "81.2.69.0/24",
  });
  expect(await explain("2001:4860:4860:1::8888")).toMatchObject({
    sameAddress: "2001:4860:4860:1::/64",
    prefix: "2001:4860:4860::/48",
  });
});

test("a file that is no database is named", async () => {
  await expect(createLocator({ geo: ["package.json"], networks: undefined })).rejects.toThrow(
    /^geo: package\.json is not a MaxMind database/,
  );
});

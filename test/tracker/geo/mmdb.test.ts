import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runExplainCommand } from "../../../tracker/commands/explain.js";
import type { Explanation } from "../../../tracker/geo/explanation.js";
import { createTracker, TRACKER_METRICS } from "../../../tracker/index.js";
import { writeMmdb } from "../../support/mmdb-writer.js";
import { announce, id, offer } from "../../support/tracker-messages.js";
import { metricValue } from "../../support/tracker-metrics.js";
import { RawClient } from "../../support/tracker-raw-client.js";

let folder: string;
let countries: string;
let asns: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nearcast-mmdb-"));
  countries = join(folder, "country.mmdb");
  asns = join(folder, "asn.mmdb");
  // The names of GeoLite2's fields, and those of ip-location-db.
  const geolite = writeMmdb("GeoLite2-Country", [
    { prefix: "8.8.8.0/24", record: { country: { iso_code: "CH" } } },
    { prefix: "10.0.0.0/8", record: { country: { iso_code: "AU" } } },
    { prefix: "81.2.0.0/16", record: { country_code: "IE" } },
  ]);
  await writeFile(countries, geolite);
  const asn = writeMmdb("GeoLite2-ASN", [
    { prefix: "8.8.8.8/32", record: { autonomous_system_number: 64_500 } },
    { prefix: "81.2.69.0/24", record: { asn: 64_501 } },
    { prefix: "82.3.0.0/16", record: { autonomous_system_number: 64_501 } },
  ]);
  await writeFile(asns, asn);
});
afterAll(() => rm(folder, { recursive: true }));

async function explain(address: string): Promise<Explanation> {
  let answer = "";
  await runExplainCommand(["--json", "--geo", `${countries},${asns}`, address], {}, (line) => {
    answer = line;
  });
  return JSON.parse(answer);
}

test.each([
  ["8.8.8.8", 64_500, "CH"],
  // Not in the file of ASNs: what is built in holds.
  ["8.8.8.9", 15_169, "CH"],
  ["81.2.69.142", 64_501, "IE"],
  ["193.0.6.139", 3333, "NL"],
  // The file says AU, which is nonsense.
  ["10.1.2.3", null, null],
])("--geo FILE.mmdb: %s is in AS%s and in %s", async (address, asn, country) => {
  expect(await explain(address)).toMatchObject({ asn, country });
});

test("it is said which file knows", async () => {
  const { tiers } = await explain("8.8.8.9");
  expect(tiers.find(({ tier }) => tier === "country")?.because).toBe(countries);
  expect(tiers.find(({ tier }) => tier === "asn")?.because).toBe("the data that is built in");
});

test("viewers are introduced by what the operator's file says", async () => {
  await using tracker = createTracker({ port: 0, geo: [asns], trustedProxies: ["loopback"] });
  const { url } = await tracker.listen();
  const from = (address: string) => RawClient.connect(url, { headers: { "X-Forwarded-For": address } });
  await using one = await from("81.2.69.1");
  await using other = await from("82.3.1.1");
  await one.ask(announce(id("s"), id("a")));
  await other.ask(announce(id("s"), id("b"), { offers: [offer(id("1"))] }));
  expect(await metricValue(tracker, TRACKER_METRICS.introductions, { tier: "asn" })).toBe(1);
});

import { readFileSync } from "node:fs";
import fc from "fast-check";
import * as v from "valibot";
import { expect, test } from "vitest";
import { COHORTS, ParseError, PROTOCOL_VERSION, parseJoin } from "../../player/protocol/index.js";
import { JoinSchema } from "../../tracker/control/join-schema.js";
import { createTracker } from "../../tracker/index.js";
import { configJsonSchema, joinJsonSchema } from "../../tracker/json-schemas.js";
import { parseSettings, SETTING_NAMES } from "../../tracker/options.js";

const published = (file: string) =>
  JSON.parse(readFileSync(new URL(`../../tracker/${file}`, import.meta.url), "utf8"));

// When these fail: npm run schema
test.each([
  ["config.schema.json", configJsonSchema],
  ["join.schema.json", joinJsonSchema],
])("the published %s says what the tracker checks", (file, made) => {
  expect(published(file)).toEqual(JSON.parse(JSON.stringify(made())));
});

test("every option of the tracker is in its schema with a description, and with the default that holds", () => {
  const { properties, required, additionalProperties } = published("config.schema.json");
  const defaults = parseSettings({});
  for (const name of SETTING_NAMES) {
    expect(properties[name].description).not.toBe("");
    if (defaults[name] !== undefined) expect(properties[name].default).toEqual(defaults[name]);
  }
  expect([required ?? [], additionalProperties]).toEqual([[], false]);
});

const url = fc.constantFrom("announce?stream=news", "wss://tracker.example/announce", "https://t.example/");
const iceServer = fc.oneof(
  fc.record({ urls: fc.array(fc.constantFrom("stun:a.example:3478", "turns:b.example")) }),
  fc.record({ urls: fc.constant(["turn:a.example"]), username: fc.string(), credential: fc.string() }),
);
const document = fc.record({
  version: fc.constant(PROTOCOL_VERSION),
  stream: fc.stringMatching(/^[a-z0-9._-]{1,64}$/),
  announce: fc.array(url, { minLength: 1, maxLength: 8 }),
  iceServers: fc.array(iceServer, { maxLength: 8 }),
  policy: fc.record(
    {
      cohort: fc.constantFrom(...COHORTS),
      mayUpload: fc.boolean(),
      viewers: fc.nat(),
      minViewers: fc.nat(1_000_000),
      holdoutShare: fc.double({ min: 0, max: 1, noNaN: true }),
      uploadRatio: fc.double({ min: 0, max: 1000, noNaN: true }),
      uploadKbps: fc.double({ min: 0, max: 10_000_000, noNaN: true }),
    },
    { requiredKeys: ["cohort", "mayUpload", "viewers", "minViewers", "holdoutShare"] },
  ),
  integrityKeys: fc.array(fc.record({ kid: fc.string({ minLength: 1 }), kty: fc.string() }), {
    maxLength: 32,
  }),
  reports: fc.record({
    url: fc.constantFrom("reports", "https://t.example/reports"),
    intervalS: fc.nat(86_400),
  }),
  blockedPeers: fc.array(fc.stringMatching(/^[!-~]{20}$/), { maxLength: 3 }),
  refreshS: fc.nat(86_400),
});

const wrong = fc.constantFrom(
  undefined,
  null,
  -1,
  0.5,
  2 ** 32,
  "",
  "x",
  true,
  [],
  {},
  [null],
  ["x"],
  Array(300).fill("x"),
);
const place = fc.constantFrom(
  ...[
    "version",
    "stream",
    "announce",
    "iceServers",
    "policy",
    "integrityKeys",
    "reports",
    "blockedPeers",
    "refreshS",
  ],
  ...["policy.cohort", "policy.mayUpload", "policy.viewers", "policy.minViewers", "policy.holdoutShare"],
  ...["policy.uploadRatio", "policy.uploadKbps", "reports.url", "reports.intervalS", "announce.0", "more"],
  ...[
    "iceServers.0",
    "iceServers.0.urls",
    "iceServers.0.username",
    "iceServers.0.urls.0",
    "integrityKeys.0.kid",
  ],
);

test("what the tracker answers is as the schema says", async () => {
  await using tracker = createTracker({
    port: 0,
    stunUrls: ["stun:stun.example:3478"],
    turnUrls: ["turn:turn.example"],
    turnSecret: "north",
  });
  const { port } = await tracker.listen();
  const response = await fetch(`http://127.0.0.1:${port}/join?stream=news&session=session-1`);
  expect(v.safeParse(JoinSchema, await response.json()).issues).toBeUndefined();
});

test("whatever the schema of /join allows players take, and what it does not they refuse", () => {
  let taken = 0;
  fc.assert(
    fc.property(document, fc.option(fc.tuple(place, wrong)), (made, change) => {
      const changed = structuredClone(made);
      if (change !== null) put(changed, change[0].split("."), change[1]);
      const json: unknown = JSON.parse(JSON.stringify(changed));
      const isTaken = isTakenByPlayers(json);
      expect(v.is(JoinSchema, json), JSON.stringify(json)).toBe(isTaken);
      taken += Number(isTaken);
    }),
    { numRuns: 1000 },
  );
  expect(taken).toBeGreaterThan(50);
});

function isTakenByPlayers(json: unknown): boolean {
  try {
    parseJoin(json, "https://tracker.example/join?stream=news");
    return true;
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return false;
  }
}

function put(json: unknown, [first = "", ...rest]: readonly string[], value: unknown): void {
  if (typeof json !== "object" || json === null) return;
  const fields = json as Record<string, unknown>;
  if (rest.length > 0) put(fields[first], rest, value);
  else if (value === undefined) delete fields[first];
  else fields[first] = value;
}

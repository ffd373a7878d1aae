import fc from "fast-check";
import { expect, test } from "vitest";
import {
  COHORTS,
  encodeJoin,
  encodeReportReply,
  type JoinDocument,
  joinUrl,
  ParseError,
  parseJoin,
  parseReportReply,
  parseStreamName,
} from "../../../player/protocol/index.js";

const FROM = "https://tracker.example/p2p/join?stream=news";

const example: JoinDocument = {
  stream: parseStreamName("news"),
  announce: ["wss://one.example/announce?stream=news", "wss://two.example/announce?stream=news"],
  iceServers: [
    { urls: ["stun:stun.example:3478"] },
    { urls: ["turn:turn.example:3478?transport=udp"], username: "1764000000:s", credential: "c2VjcmV0" },
  ],
  policy: {
    cohort: "p2p",
    mayUpload: true,
    viewers: 12,
    minViewers: 3,
    holdoutShare: 0.05,
    uploadRatio: 1.5,
    uploadKbps: 800,
  },
  integrityKeys: [
    { kty: "OKP", crv: "Ed25519", kid: "k1", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" },
  ],
  reports: { url: "https://tracker.example/reports", intervalS: 10 },
  blockedPeers: ["-NC1S-abcdefghijklmn"],
  refreshS: 300,
};

/** What is sent, with one field changed; `path` as in the error. */
function changed(path: string, value: unknown): unknown {
  const json = JSON.parse(encodeJoin(example));
  const steps = path.match(/[^.[\]]+/g) ?? [];
  const last = steps.pop() ?? "";
  const parent = steps.reduce((at, step) => at[step], json);
  parent[last] = value;
  return json;
}

test("what a tracker writes is what a player reads", () => {
  expect(parseJoin(JSON.parse(encodeJoin(example)), FROM)).toEqual(example);
  const { policy, blockedPeers } = example;
  expect(parseReportReply(JSON.parse(encodeReportReply(example)))).toEqual({ policy, blockedPeers });
});

test("relative URLs are those of the tracker that was asked, whichever proxy is in front of it", () => {
  const json = {
    ...JSON.parse(encodeJoin(example)),
    announce: ["announce?stream=news"],
    reports: { url: "reports", intervalS: 10 },
  };
  expect(parseJoin(json, FROM)).toMatchObject({
    announce: ["wss://tracker.example/p2p/announce?stream=news"],
    reports: { url: "https://tracker.example/p2p/reports" },
  });
  expect(parseJoin(json, "http://127.0.0.1:8000/join").announce).toEqual([
    "ws://127.0.0.1:8000/announce?stream=news",
  ]);
});

test("unknown fields are passed over, optional ones may be absent", () => {
  const { uploadKbps: _, uploadRatio: __, ...policy } = example.policy;
  const json = { ...JSON.parse(encodeJoin({ ...example, policy, iceServers: [] })), next: 1 };
  expect(parseJoin(json, FROM)).toEqual({ ...example, policy, iceServers: [] });
});

test.each([
  ["version", 2],
  ["stream", ".."],
  ["announce", []],
  ["announce", Array(9).fill("wss://tracker.example/announce")],
  ["announce[0]", "ftp://tracker.example/announce"],
  ["announce[1]", 7],
  ["iceServers", {}],
  ["iceServers[0].urls[0]", "http://stun.example"],
  ["iceServers[1].credential", 1],
  ["policy", null],
  ["policy.cohort", "all"],
  ["policy.mayUpload", "yes"],
  ["policy.viewers", -1],
  ["policy.minViewers", 0.5],
  ["policy.holdoutShare", 1.5],
  ["policy.uploadRatio", "1"],
  ["policy.uploadKbps", Number.NaN],
  ["integrityKeys[0]", "key"],
  ["reports.url", "javascript:alert(1)"],
  ["reports.intervalS", undefined],
  ["blockedPeers[0]", "short"],
  ["blockedPeers", Array(257).fill("-NC1S-abcdefghijklmn")],
  ["refreshS", -1],
])("%s: %j is refused by the field's name", (path, value) => {
  expect(() => parseJoin(changed(path, value), FROM)).toThrow(
    expect.objectContaining({ name: "ParseError", message: expect.stringContaining(`${path}`) }),
  );
});

test("whatever a tracker answers, a document or a ParseError comes out", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.jsonValue(),
        fc.record({
          version: fc.constant(1),
          policy: fc.jsonValue(),
          announce: fc.array(fc.webUrl()),
          reports: fc.jsonValue(),
          stream: fc.constantFrom(...COHORTS),
        }),
      ),
      (json) => {
        try {
          parseJoin(json, FROM);
        } catch (error) {
          expect(error).toBeInstanceOf(ParseError);
        }
      },
    ),
  );
});

test.each([
  ["https://tracker.example", "https://tracker.example/join?stream=news&session=abcdefgh"],
  ["https://tracker.example/p2p/", "https://tracker.example/p2p/join?stream=news&session=abcdefgh"],
  ["wss://tracker.example/p2p", "https://tracker.example/p2p/join?stream=news&session=abcdefgh"],
])("the tracker's address %s joins at %s", (base, expected) => {
  expect(joinUrl(base, { stream: parseStreamName("news"), session: "abcdefgh" })).toBe(expected);
});

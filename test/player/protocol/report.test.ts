import fc from "fast-check";
import { expect, test } from "vitest";
import {
  COHORTS,
  encodeReport,
  MAX_REPORT_BYTES,
  MAX_REPORTED_PEERS,
  ParseError,
  parseReport,
  parseStreamName,
  type Report,
} from "../../../player/protocol/index.js";

const counts = fc.nat({ max: 1_000_000 });
const bytes = fc.nat({ max: 2 ** 40 });
const seconds = fc.double({ min: 0, max: 86_400, noNaN: true });
const peerIds = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
  minLength: 20,
  maxLength: 20,
});
const names = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);
const sessions = fc.stringMatching(/^[A-Za-z0-9_-]{8,64}$/);

function reportsOf(
  count: fc.Arbitrary<number>,
  byte: fc.Arbitrary<number>,
  second: fc.Arbitrary<number>,
): fc.Arbitrary<Report> {
  return fc.record(
    {
      stream: names.map(parseStreamName),
      session: sessions,
      sequence: count,
      cohort: fc.constantFrom(...COHORTS),
      bytes: fc.record({
        fromPeers: byte,
        fromOrigin: byte,
        uploaded: byte,
        rejected: byte,
        wastedFromPeers: byte,
        wastedFromOrigin: byte,
        unverified: byte,
      }),
      segments: fc.record({ fromPeers: count, fromOrigin: count }),
      playedS: second,
      stalls: count,
      stalledS: second,
      levelSwitches: count,
      bitrate: count,
      startupMs: second,
      latencyS: second,
      peersConnected: fc.nat({ max: 10_000 }),
      peersRefused: count,
      integrity: fc.record({
        failures: count,
        peers: fc.array(fc.record({ peer: peerIds, segments: count }), { maxLength: MAX_REPORTED_PEERS }),
      }),
    },
    { requiredKeys: REQUIRED },
  ) as fc.Arbitrary<Report>;
}

const REQUIRED: Exclude<keyof Report, "bitrate" | "startupMs" | "latencyS">[] = [
  "stream",
  "session",
  "sequence",
  "cohort",
  "bytes",
  "segments",
  "playedS",
  "stalls",
  "stalledS",
  "levelSwitches",
  "peersConnected",
  "peersRefused",
  "integrity",
];

const reports = reportsOf(counts, bytes, seconds);

/** A valid report as JSON, to be spoiled. */
function plain(): Record<string, unknown> & { bytes: Record<string, unknown> } {
  const [report] = fc.sample(reports, { numRuns: 1, seed: 7 });
  return JSON.parse(encodeReport(report as Report));
}

test("a report that was written is read as it was", () => {
  fc.assert(
    fc.property(reports, (report) => {
      const text = encodeReport(report);
      expect(text.length).toBeLessThanOrEqual(MAX_REPORT_BYTES);
      expect(parseReport(JSON.parse(text))).toEqual(report);
    }),
  );
});

test("whatever numbers a player has come to, the tracker can read its report", () => {
  const any = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(-0, 1e300, Number.NaN, Infinity));
  fc.assert(
    fc.property(reportsOf(any, any, any), (report) => {
      expect(() => parseReport(JSON.parse(encodeReport(report)))).not.toThrow();
    }),
  );
});

test("peers beyond the limit, or with ids that cannot be printed, are left out", () => {
  const [report] = fc.sample(reports, { numRuns: 1, seed: 7 }) as [Report];
  const peers = [...Array(MAX_REPORTED_PEERS + 5).keys()].map((index) => ({
    peer: `-NC1S-${String(index).padStart(14, "0")}`,
    segments: 1,
  }));
  const strange = { peer: "\u{fffd}".repeat(20), segments: 1 };
  const text = encodeReport({ ...report, integrity: { failures: 1, peers: [strange, ...peers] } });
  expect(parseReport(JSON.parse(text)).integrity.peers).toEqual(peers.slice(0, MAX_REPORTED_PEERS));
});

test("unknown fields are passed over at every depth", () => {
  const report = plain();
  const before = parseReport(structuredClone(report));
  Object.assign(report, { mood: "good" });
  Object.assign(report.bytes, { fromMars: 1 });
  expect(parseReport(report)).toEqual(before);
});

test("of any JSON, only reports pass, and refusals begin with a field's name", () => {
  const paths = REQUIRED.flatMap((name) => [[name], ["bytes", name]]);
  fc.assert(
    fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, value) => {
      const report = plain();
      const [first = "", second] = path;
      if (second === undefined) report[first] = value;
      else report.bytes[second] = value;
      try {
        parseReport(report);
      } catch (error) {
        expect(error).toBeInstanceOf(ParseError);
        expect((error as Error).message).toMatch(/^[a-z][A-Za-z.[\]\d]*: expected /);
        expect((error as Error).message.length).toBeLessThan(250);
      }
    }),
  );
});

test.each<[field: string, value: unknown, sentence: string]>([
  ["version", 2, "version: expected 1, got 2"],
  ["stream", "a/b", 'stream: expected 1 to 64 letters, digits, ".", "_" or "-", got "a/b"'],
  ["session", "short", 'session: expected 8 to 64 letters, digits, "_" or "-", got "short"'],
  ["sequence", -1, "sequence: expected an integer from 0 to 2147483647, got -1"],
  ["cohort", "p3p", 'cohort: expected one of p2p, holdout, off, got "p3p"'],
  ["bytes", [], "bytes: expected an object, got []"],
  ["playedS", 86_401, "playedS: expected a number from 0 to 86400, got 86401"],
  ["playedS", "1", 'playedS: expected a number from 0 to 86400, got "1"'],
  ["stalls", 0.5, "stalls: expected an integer from 0 to 1000000, got 0.5"],
  ["bitrate", null, "bitrate: expected an integer from 0 to 10000000000, got null"],
  ["peersRefused", undefined, "peersRefused: expected an integer from 0 to 1000000, got undefined"],
  ["integrity", { failures: 0 }, "integrity.peers: expected a list of at most 32, got undefined"],
  [
    "integrity",
    { failures: 0, peers: Array(33).fill({ peer: "x".repeat(20), segments: 1 }) },
    "integrity.peers: expected a list of at most 32, got 33",
  ],
  [
    "integrity",
    { failures: 0, peers: [{ peer: "a b", segments: 1 }] },
    'integrity.peers[0].peer: expected 20 printable ASCII characters, got "a b"',
  ],
  [
    "integrity",
    { failures: 0, peers: [{ peer: "x".repeat(20), segments: "1" }] },
    'integrity.peers[0].segments: expected an integer from 0 to 1000000, got "1"',
  ],
])("a wrong %s is refused by name: %j", (field, value, sentence) => {
  expect(() => parseReport({ ...plain(), [field]: value })).toThrow(new ParseError(sentence));
});

test("bytes are whole and bounded", () => {
  const report = plain();
  report.bytes.uploaded = 2 ** 40 + 1;
  expect(() => parseReport(report)).toThrow(
    "bytes.uploaded: expected an integer from 0 to 1099511627776, got 1099511627777",
  );
});

test.each([[null], [undefined], [7], ["{}"], [[]]])("%j is no report", (json) => {
  expect(() => parseReport(json)).toThrow("report: expected an object");
});

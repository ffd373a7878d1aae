import fc from "fast-check";
import { expect, test } from "vitest";
import { type NearcastOptions, parseOptions } from "../../player/options.js";

const MIB = 1024 * 1024;
const DESKTOP = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36";
const ANDROID =
  "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36";
const IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148";

const required: NearcastOptions = { tracker: "wss://tracker.example/announce", stream: "news" };

/** RFC 7517, appendix A.1. */
const P256 = {
  kty: "EC",
  crv: "P-256",
  x: "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
  y: "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
  kid: "1",
};

function parse(options: object, userAgent = DESKTOP) {
  return parseOptions({ ...required, ...options } as NearcastOptions, userAgent);
}

test("tracker and stream are enough", () => {
  expect(parse({})).toEqual({
    stream: "news",
    trackers: ["wss://tracker.example/announce"],
    trackerBase: undefined,
    getToken: undefined,
    iceServers: [{ urls: "stun:stun.l.google.com:19302" }],
    areIceServersGiven: false,
    memoryLimitBytes: 128 * MIB,
    prefetchWindowS: 30,
    mayUpload: true,
    uploadBudget: {
      ratio: 1,
      allowanceBytes: 8 * MIB,
      bytesPerMs: Number.POSITIVE_INFINITY,
      simultaneous: 8,
    },
    isRatioGiven: false,
    uploadWhile: { saveData: false, cellular: false, lowBattery: false, hidden: false },
    consent: "granted",
    holdout: undefined,
    reportUrl: undefined,
    isEnabled: true,
    integrity: "required",
    publicKeys: undefined,
    verifyOrigin: false,
    swarmId: "nearcast:news",
  });
});

test("what is given holds", () => {
  const iceServers = [{ urls: ["turn:turn.example"], username: "u", credential: "c" }];
  const getToken = () => "token";
  const given = {
    tracker: ["ws://a.example", "wss://b.example:8000/announce?token=1"],
    getToken,
    iceServers,
    memoryLimitMiB: 1.5,
    prefetchWindowS: 300,
    upload: false,
    uploadRatio: 0.5,
    uploadKbps: 800,
    simultaneousUploads: 3,
    uploadWhile: { cellular: true, hidden: true },
    consent: "ask",
    holdout: 0.05,
    report: "https://tracker.example/reports",
    enabled: false,
    integrity: "optional",
    publicKeys: [P256],
    verifyOrigin: true,
    swarmId: "https://cdn.example/master.m3u8",
  };
  expect(parse(given)).toEqual({
    stream: "news",
    trackers: ["ws://a.example/", "wss://b.example:8000/announce?token=1"],
    trackerBase: undefined,
    getToken,
    iceServers,
    areIceServersGiven: true,
    memoryLimitBytes: 1.5 * MIB,
    prefetchWindowS: 300,
    mayUpload: false,
    uploadBudget: { ratio: 0.5, allowanceBytes: 8 * MIB, bytesPerMs: 100, simultaneous: 3 },
    isRatioGiven: true,
    uploadWhile: { saveData: false, cellular: true, lowBattery: false, hidden: true },
    consent: "ask",
    holdout: 0.05,
    reportUrl: "https://tracker.example/reports",
    isEnabled: false,
    integrity: "optional",
    publicKeys: [{ ...P256, alg: "ES256" }],
    verifyOrigin: true,
    swarmId: "https://cdn.example/master.m3u8",
  });
});

test.each([
  ["a desktop", DESKTOP, 128],
  ["Android", ANDROID, 64],
  ["an iPhone", IPHONE, 64],
])("%s keeps up to that many MiB unless told otherwise", (_name, userAgent, mebibytes) => {
  expect(parse({}, userAgent).memoryLimitBytes).toBe(mebibytes * MIB);
  expect(parse({ memoryLimitMiB: 200 }, userAgent).memoryLimitBytes).toBe(200 * MIB);
});

test.each([
  ["ws://localhost:8000/announce"],
  ["ws://demo.localhost:8000"],
  ["ws://127.0.0.1:8000"],
  ["ws://127.8.9.10"],
  ["ws://[::1]:8000"],
])("with a tracker at %s no STUN server is asked", (tracker) => {
  expect(parse({ tracker }).iceServers).toEqual([]);
});

test.each([
  ["wss://tracker.example"],
  ["ws://192.168.1.5:8000"],
  ["ws://[::2]:8000"],
  ["wss://localhost.example"],
  ["wss://notlocalhost"],
])("a tracker at %s is not on this machine", (tracker) => {
  expect(parse({ tracker }).iceServers).toHaveLength(1);
  expect(parse({ tracker: ["ws://localhost:8000", tracker] }).iceServers).toHaveLength(1);
});

test("a name that begins like a loopback address is not on this machine", () => {
  expect(parse({ tracker: "wss://127.tracker.example" }).iceServers).toHaveLength(1);
});

test("an http: or https: address is a tracker to be asked where to announce", () => {
  expect(parse({ tracker: "https://tracker.example/edge" })).toMatchObject({
    trackers: [],
    trackerBase: "https://tracker.example/edge",
    iceServers: [{ urls: "stun:stun.l.google.com:19302" }],
  });
  expect(parse({ tracker: ["http://localhost:8000"], report: false })).toMatchObject({
    trackerBase: "http://localhost:8000/",
    iceServers: [],
    reportUrl: false,
  });
});

test("no ICE servers can be asked for", () => {
  expect(parse({ iceServers: [] }).iceServers).toEqual([]);
});

test.each<[object, new () => Error, string]>([
  [{ tracker: undefined }, TypeError, "nearcast.tracker: expected an https: or wss: address, got undefined"],
  [{ tracker: "" }, TypeError, 'nearcast.tracker: expected an https: or wss: address, got ""'],
  [
    { tracker: "tracker.example" },
    TypeError,
    'nearcast.tracker: expected an https: or wss: address, got "tracker.example"',
  ],
  [{ tracker: "ftp://t.example" }, TypeError, "nearcast.tracker: "],
  [
    { tracker: ["wss://t.example", "https://t.example"] },
    TypeError,
    'nearcast.tracker: expected ws: or wss: addresses, got "https://t.example"',
  ],
  [{ tracker: 7 }, TypeError, "nearcast.tracker: "],
  [
    { tracker: ["ws://a.example", null] },
    TypeError,
    "nearcast.tracker: expected ws: or wss: addresses, got null",
  ],
  [{ tracker: [] }, RangeError, "nearcast.tracker: expected 1 to 8 addresses, got 0"],
  [
    { tracker: Array(9).fill("ws://a.example") },
    RangeError,
    "nearcast.tracker: expected 1 to 8 addresses, got 9",
  ],
  [{ getToken: "token" }, TypeError, 'nearcast.getToken: expected a function, got "token"'],
  [{ stream: undefined }, RangeError, "stream: "],
  [{ stream: "a/b" }, RangeError, "stream: "],
  [{ iceServers: {} }, TypeError, "nearcast.iceServers: expected a list of { urls, … }, got {}"],
  [{ iceServers: ["stun:stun.example"] }, TypeError, "nearcast.iceServers: "],
  [{ iceServers: [null] }, TypeError, "nearcast.iceServers: "],
  [{ iceServers: [{}] }, TypeError, "nearcast.iceServers: "],
  [{ memoryLimitMiB: 0 }, RangeError, "nearcast.memoryLimitMiB: expected 1 to 4096, got 0"],
  [{ memoryLimitMiB: 4097 }, RangeError, "nearcast.memoryLimitMiB: "],
  [{ memoryLimitMiB: Number.NaN }, RangeError, "nearcast.memoryLimitMiB: expected 1 to 4096, got NaN"],
  [{ memoryLimitMiB: "64" }, TypeError, 'nearcast.memoryLimitMiB: expected a number, got "64"'],
  [{ memoryLimitMiB: null }, TypeError, "nearcast.memoryLimitMiB: "],
  [{ prefetchWindowS: 4.9 }, RangeError, "nearcast.prefetchWindowS: expected 5 to 300, got 4.9"],
  [{ prefetchWindowS: Number.POSITIVE_INFINITY }, RangeError, "nearcast.prefetchWindowS: "],
  [{ upload: 1 }, TypeError, "nearcast.upload: expected true or false, got 1"],
  [{ enabled: "false" }, TypeError, 'nearcast.enabled: expected true or false, got "false"'],
  [
    { integrity: "always" },
    TypeError,
    'nearcast.integrity: expected "required" or "optional" or "off", got "always"',
  ],
  [{ publicKeys: P256 }, TypeError, "nearcast.publicKeys: expected a list of 1 to 32 keys, got "],
  [{ publicKeys: [] }, TypeError, "nearcast.publicKeys: expected a list of 1 to 32 keys, got []"],
  [{ publicKeys: [null] }, TypeError, "nearcast.publicKeys[0]: expected a public key as JWK, got null"],
  [
    { publicKeys: [P256, { ...P256, x: "short" }] },
    TypeError,
    "nearcast.publicKeys[1]: expected a public key on P-256 or Ed25519 as JWK, got ",
  ],
  [
    { publicKeys: [{ ...P256, crv: "P-384" }] },
    TypeError,
    "nearcast.publicKeys[0]: expected a public key on P-256",
  ],
  [
    { publicKeys: [{ ...P256, d: "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE" }] },
    TypeError,
    "nearcast.publicKeys[0]: expected a public key, got a private one",
  ],
  [
    { publicKeys: [{ ...P256, kid: "a b" }] },
    TypeError,
    "nearcast.publicKeys[0].kid: expected 1 to 64 letters",
  ],
  [{ uploadRatio: -1 }, RangeError, "nearcast.uploadRatio: expected 0 to 1000, got -1"],
  [{ uploadKbps: 0 }, RangeError, "nearcast.uploadKbps: expected 1 to 10000000, got 0"],
  [
    { simultaneousUploads: 1.5 },
    RangeError,
    "nearcast.simultaneousUploads: expected an integer from 1 to 64, got 1.5",
  ],
  [{ uploadWhile: true }, TypeError, "nearcast.uploadWhile: expected an object, got true"],
  [{ uploadWhile: { hidden: 1 } }, TypeError, "nearcast.uploadWhile.hidden: expected true or false, got 1"],
  [{ consent: true }, TypeError, 'nearcast.consent: expected "granted" or "denied" or "ask", got true'],
  [{ holdout: 1.1 }, RangeError, "nearcast.holdout: expected 0 to 1, got 1.1"],
  [{ report: "/reports" }, TypeError, 'nearcast.report: expected an http: or https: address, got "/reports"'],
  [{ verifyOrigin: "yes" }, TypeError, 'nearcast.verifyOrigin: expected true or false, got "yes"'],
  [{ swarmId: "" }, TypeError, "nearcast.swarmId: expected 1 to 1024 characters"],
  [{ swarmId: "s".repeat(1025) }, TypeError, "nearcast.swarmId: "],
])("%j is refused", (options, type, message) => {
  expect(() => parse(options)).toThrow(type);
  expect(() => parse(options)).toThrow(message);
});

test.each([[undefined], [null], ["wss://tracker.example"], [7], [() => required]])(
  "%s is no set of options",
  (options) => {
    expect(() => parseOptions(options as unknown as NearcastOptions, DESKTOP)).toThrow(TypeError);
    expect(() => parseOptions(options as unknown as NearcastOptions, DESKTOP)).toThrow(
      /^nearcast: expected an object/,
    );
  },
);

const names = [
  "tracker",
  "stream",
  "iceServers",
  "memoryLimitMiB",
  "prefetchWindowS",
  "upload",
  "enabled",
  "swarmId",
];

test("whatever an option is set to, it is taken or refused by name", () => {
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.anything({ maxDepth: 2 }), (name, value) => {
      try {
        parse({ [name]: value });
      } catch (error) {
        expect(error).toSatisfy((thrown) => thrown instanceof TypeError || thrown instanceof RangeError);
        expect((error as Error).message).toMatch(new RegExp(`^(nearcast\\.)?${name}: expected `));
        expect((error as Error).message.length).toBeLessThan(200);
      }
    }),
  );
});

test.each([
  ["a bigint", () => 1n],
  [
    "an object that contains itself",
    () => {
      const self: { self?: unknown } = {};
      self.self = self;
      return self;
    },
  ],
])("%s is refused by the option's name, too", (_name, make) => {
  for (const name of names) expect(() => parse({ [name]: make() })).toThrow(new RegExp(`${name}: expected `));
});

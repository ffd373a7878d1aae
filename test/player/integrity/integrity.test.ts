import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import type { PlaylistKey } from "../../../origin/index.js";
import type { Segment } from "../../../player/delivery/segment.js";
import { Integrity, type IntegrityPolicy } from "../../../player/integrity/integrity.js";
import { KeyRing } from "../../../player/integrity/key-ring.js";
import { parsePublicKey } from "../../../player/integrity/public-key.js";
import { readDigests, writeDigests } from "../../../player/protocol/index.js";
import { ManualClock } from "../../support/manual-clock.js";
import { newKey } from "../../support/playlist-keys.js";
import { mainTrack, programmeSegment } from "../../support/programme-segments.js";

const key = newKey();
const URL_OF_PLAYLIST = "https://origin.example/hls/a/playlist.m3u8";

function bytesOf(number: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(1_000).fill(number);
}

/** A playlist of these segments with what they are. */
function tagged(numbers: readonly number[]): string {
  const lines = numbers.flatMap((number) => ["#EXTINF:2,", `${number}.m4s`]);
  const text = ["#EXTM3U", "#EXT-X-TARGETDURATION:2", ...lines, ""].join("\n");
  return writeDigests(
    text,
    numbers.map((number) => ({
      sha256: createHash("sha256").update(bytesOf(number)).digest("base64url"),
      bytes: 1_000,
    })),
  );
}

/** As hls.js would tell of it. */
function segmentsIn(text: string): Segment[] {
  const digests = readDigests(text);
  return [...text.matchAll(/^(\d+)\.m4s$/gm)].map(([, number], index) => ({
    ...programmeSegment(Number(number)),
    digest: digests[index],
  }));
}

interface RoomOptions {
  readonly policy?: IntegrityPolicy;
  /** Those that the host publishes; `undefined`: it answers 404. */
  readonly published?: () => readonly PlaylistKey[] | undefined;
  readonly configured?: readonly PlaylistKey[];
}

class Room {
  readonly clock = new ManualClock();
  readonly warnings: string[] = [];
  readonly asked: string[] = [];
  changes = 0;
  readonly keys: KeyRing;
  readonly integrity: Integrity;

  constructor({ policy = "required", published = () => [key], configured }: RoomOptions = {}) {
    this.keys = new KeyRing({
      configured: configured?.map(({ publicJwk }) => parsePublicKey(publicJwk, "key")),
      subtle: crypto.subtle,
      fetch: async (url) => {
        this.asked.push(String(url));
        const keys = published();
        if (!keys) return new Response("not here", { status: 404 });
        return Response.json({ keys: [{ kty: "RSA" }, ...keys.map(({ publicJwk }) => publicJwk)] });
      },
      clock: this.clock,
    });
    this.integrity = new Integrity({
      policy,
      keys: this.keys,
      subtle: crypto.subtle,
      onChange: () => {
        this.changes++;
      },
      warn: (because) => this.warnings.push(because),
    });
  }

  async learn(text: string, segments = segmentsIn(text)): Promise<readonly Segment[]> {
    const changes = this.changes;
    this.integrity.learn(mainTrack.id, text, URL_OF_PLAYLIST, segments);
    await expect.poll(() => this.changes).toBe(changes + 1);
    return segments;
  }

  check(segment: Segment | undefined, data = bytesOf(segment?.number ?? 0)) {
    if (!segment) throw new Error("no such segment");
    return this.integrity.check(segment, data.buffer);
  }
}

test("with a playlist signed by a published key, right bytes are right and others are wrong", async () => {
  const room = new Room();
  const [first, second] = await room.learn(key.sign(tagged([1, 2])));
  expect(room.integrity.state).toEqual({ at: "verified" });
  expect(room.asked).toEqual(["https://origin.example/.well-known/nearcast.json"]);
  expect(await room.check(first)).toBe("right");
  expect(await room.check(second, bytesOf(1))).toBe("wrong");
  expect(await room.check(second, bytesOf(2).slice(0, 500))).toBe("wrong");
  const flipped = bytesOf(2);
  flipped[999] = 3;
  expect(await room.check(second, flipped)).toBe("wrong");
  expect(room.warnings).toEqual([]);
});

test("while a playlist is being verified its segments may be asked for, and what comes waits for the verdict", async () => {
  const room = new Room();
  const text = key.sign(tagged([1]));
  const [segment] = segmentsIn(text) as [Segment];
  expect(room.integrity.mayShare(segment)).toBe(false);
  room.integrity.learn(mainTrack.id, text, URL_OF_PLAYLIST, [segment]);
  expect(room.integrity.mayShare(segment)).toBe(true);
  expect(room.integrity.isUseful).toBe(false);
  expect(await room.check(segment)).toBe("right");
  expect(room.integrity.isUseful).toBe(true);
});

const other = newKey();
const signed = key.sign(tagged([1, 2]));

test.each<[what: string, text: string, because: string]>([
  [
    "without any tag",
    "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n1.m4s\n",
    "the playlist does not vouch for its segments",
  ],
  ["without a signature", tagged([1, 2]), "the playlist is not signed"],
  ["with a changed digest", signed.replace(/SHA256:./, "SHA256:_"), "the playlist's signature is wrong"],
  ["with a changed duration", signed.replace("EXTINF:2", "EXTINF:3"), "the playlist's signature is wrong"],
  ["with segments in another order", signed.replace("1.m4s", "0.m4s"), "the playlist's signature is wrong"],
  ["with another's signature", other.sign(tagged([1, 2])), "there is no ES256 key "],
  [
    "with a line behind its signature",
    `${signed}#EXT-X-ENDLIST\n`,
    "the playlist's signature is malformed: it is not the last line",
  ],
])("a playlist %s is of no use for peers, which is said once", async (_what, text, because) => {
  const room = new Room();
  const segments = await room.learn(text);
  await room.learn(text);
  expect(room.integrity.state).toMatchObject({ at: "unverified", because: expect.stringContaining(because) });
  expect(room.warnings).toEqual([expect.stringContaining(because)]);
  expect(segments.some((segment) => room.integrity.mayShare(segment))).toBe(false);
  expect(room.integrity.isUseful).toBe(false);
  for (const segment of segments) expect(await room.check(segment)).toBe("unverifiable");
});

test("a bad playlist after good ones takes their word away, and a good one after it gives it back", async () => {
  const room = new Room();
  const [segment] = (await room.learn(signed)) as [Segment];
  await room.learn(signed.replace("EXTINF:2", "EXTINF:3"));
  expect(room.integrity.mayShare(segment)).toBe(false);
  expect(await room.check(segment)).toBe("unverifiable");
  await room.learn(signed);
  expect(await room.check(segment)).toBe("right");
});

test("what a delta update skips stays vouched for, what left the playlist does not", async () => {
  const room = new Room();
  const [first, second] = (await room.learn(signed)) as [Segment, Segment];
  const next = key.sign(tagged([3]));
  await room.learn(next, [{ ...second, digest: undefined }, ...segmentsIn(next)]);
  expect(room.integrity.mayShare(first)).toBe(false);
  expect(await room.check(second)).toBe("right");
});

test("keys that the integrator gives are the only ones", async () => {
  const room = new Room({ configured: [other] });
  await room.learn(signed);
  expect(room.integrity.state).toMatchObject({
    because: expect.stringMatching(/^there is no ES256 key .* in publicKeys$/),
  });
  await room.learn(other.sign(tagged([1])));
  expect(room.integrity.state).toEqual({ at: "verified" });
  expect(room.asked).toEqual([]);
});

test("keys that the tracker tells of go before the host's, and vouch for what was in doubt until then", async () => {
  const room = new Room({ published: () => undefined });
  const [segment] = await room.learn(other.sign(tagged([1])));
  expect(room.integrity.state).toMatchObject({ at: "unverified" });
  expect(room.keys.tell([{ kty: "RSA", kid: "later" }, other.publicJwk])).toBe(true);
  await room.integrity.verifyAgain();
  expect(room.integrity.state).toEqual({ at: "verified" });
  expect(await room.check(segment)).toBe("right");
  expect(room.keys.tell([{ kty: "RSA", kid: "later" }, other.publicJwk])).toBe(false);

  await room.learn(signed);
  expect(room.integrity.state).toMatchObject({
    because: expect.stringMatching(/^there is no ES256 key .* in what the tracker tells$/),
  });
  expect(room.asked).toHaveLength(1);
});

test("what the tracker tells of does not go before the integrator's keys", async () => {
  const room = new Room({ configured: [key] });
  expect(room.keys.tell([other.publicJwk])).toBe(false);
  await room.learn(other.sign(tagged([1])));
  expect(room.integrity.state).toMatchObject({ at: "unverified" });
  await room.learn(signed);
  expect(room.integrity.state).toEqual({ at: "verified" });
});

test("after a rotation the host is asked once more, but not for every playlist", async () => {
  const ring = { keys: [key] };
  const room = new Room({ published: () => ring.keys });
  await room.learn(signed);
  const rotated = newKey("Ed25519");
  for (const _ of Array(5)) await room.learn(rotated.sign(tagged([1, 2])));
  expect(room.integrity.state).toMatchObject({ at: "unverified" });
  expect(room.asked).toHaveLength(1);
  ring.keys = [rotated, key];
  room.clock.advance(60_000);
  await room.learn(rotated.sign(tagged([1, 2])));
  expect(room.integrity.state).toEqual({ at: "verified" });
  expect(room.asked).toHaveLength(2);
});

test("a host without keys, and one that cannot be reached, mean the same as a wrong signature", async () => {
  const failing = () => {
    throw new TypeError("Failed to fetch");
  };
  for (const published of [() => undefined, failing]) {
    const room = new Room({ published });
    await room.learn(signed);
    expect(room.integrity.state).toMatchObject({
      at: "unverified",
      because: expect.stringContaining("there is no ES256 key"),
    });
  }
});

test("where it is optional, untagged segments are taken on trust, and wrong ones still refused", async () => {
  const room = new Room({ policy: "optional", published: () => undefined });
  const [untagged] = await room.learn("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n1.m4s\n");
  expect(await room.check(untagged)).toBe("unverified");
  expect(room.warnings).toEqual([]);
  const [unsigned] = await room.learn(tagged([1]));
  expect(await room.check(unsigned)).toBe("unverified");
  expect(await room.check(unsigned, bytesOf(2))).toBe("wrong");
  expect(room.integrity.isUseful).toBe(true);
});

test("where it is off, nothing is looked at", () => {
  const room = new Room({ policy: "off" });
  const [segment] = segmentsIn(signed);
  expect(room.check(segment, bytesOf(9))).toBe("unverified");
  expect(room.integrity.state).toEqual({ at: "off" });
});

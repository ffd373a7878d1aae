import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createTracker, TRACKER_METRICS } from "../../tracker/index.js";
import { announce, answer, id, offer } from "../support/tracker-messages.js";
import { metricValue } from "../support/tracker-metrics.js";
import { RawClient } from "../support/tracker-raw-client.js";

const SWARM = id("s");
const valid = announce(SWARM, id("a"), { offers: [offer(id("1"))] });
const validAnswer = answer(SWARM, id("a"), id("b"), id("1"));

describe("a frame that is no message is refused with a sentence that says where and what", () => {
  test.each([
    ["not JSON", "{", /^message: expected JSON/],
    ["empty", "", /^message: expected JSON/],
    ["null", "null", /^message: expected an object, got null/],
    ["an array", "[]", /^message: expected an object, got an array of 0/],
    ["a number", "7", /^message: expected an object, got 7/],
    ["binary", Buffer.from(JSON.stringify(valid)), /^message: expected a text frame/],
    ["no action", { ...valid, action: undefined }, /^action: expected "announce" or "scrape", got nothing/],
    ["another action", { ...valid, action: "connect" }, /^action: /],
    ["no info_hash", { ...valid, info_hash: undefined }, /^info_hash: /],
    ["short info_hash", { ...valid, info_hash: "short" }, /^info_hash: expected .*, got a string of 5/],
    ["wide info_hash", { ...valid, info_hash: "€".repeat(20) }, /^info_hash: /],
    ["info_hash array", { ...valid, info_hash: [SWARM] }, /^info_hash: /],
    ["peer_id number", { ...valid, peer_id: 1 }, /^peer_id: /],
    ["another event", { ...valid, event: "exploded" }, /^event: expected one of started/],
    ["event object", { ...valid, event: {} }, /^event: /],
    ["left text", { ...valid, left: "all" }, /^left: /],
    ["negative left", { ...valid, left: -1 }, /^left: /],
    ["offers null inside", { ...valid, offers: [null] }, /^offers\[0\]: expected an object, got null/],
    ["offers object", { ...valid, offers: { length: 3 } }, /^offers: /],
    ["offers text", { ...valid, offers: "many" }, /^offers: /],
    ["too many offers", { ...valid, offers: Array(11).fill(offer(id("1"))) }, /^offers: .*at most 10/],
    ["no offer_id", { ...valid, offers: [{ offer: offer(id("1")).offer }] }, /^offers\[0\]\.offer_id: /],
    ["no offer", { ...valid, offers: [offer(id("1")), { offer_id: id("2") }] }, /^offers\[1\]\.offer: /],
    [
      "offer type",
      { ...valid, offers: [{ offer_id: id("1"), offer: { type: "x", sdp: "v" } }] },
      /\.offer\.type/,
    ],
    ["offer sdp", { ...valid, offers: [{ offer_id: id("1"), offer: { type: "offer" } }] }, /\.offer\.sdp/],
    ["long sdp", { ...valid, offers: [offer(id("1"), "v".repeat(20_000))] }, /\.offer\.sdp: .*1-16384/],
    ["answer true", { ...validAnswer, answer: true }, /^answer: /],
    ["answer false", { ...validAnswer, answer: false }, /^answer: /],
    ["answer type", { ...validAnswer, answer: { type: "offer", sdp: "v" } }, /^answer\.type: /],
    ["no to_peer_id", { ...validAnswer, to_peer_id: undefined }, /^to_peer_id: /],
    ["answer offer_id", { ...validAnswer, offer_id: {} }, /^offer_id: /],
    ["scrape of everything", { action: "scrape" }, /^info_hash: /],
    ["scrape of nothing", { action: "scrape", info_hash: [] }, /^info_hash: /],
    ["scrape of null", { action: "scrape", info_hash: [null] }, /^info_hash\[0\]: /],
    ["scrape of too much", { action: "scrape", info_hash: Array(33).fill(SWARM) }, /^info_hash: /],
    ["deep", `{"action":${"[".repeat(60_000)}${"]".repeat(60_000)}}`, /^action: /],
    ["deep and broken", "[".repeat(120_000), /^message: expected JSON/],
    ["prototype", `{"__proto__":{"action":"announce"}}`, /^action: /],
  ])("%s", async (_name, frame, sentence) => {
    await using tracker = createTracker({ port: 0 });
    const { url } = await tracker.listen();
    await using other = await RawClient.connect(url);
    await using client = await RawClient.connect(url);
    const reply = await client.ask(frame);
    expect(reply["failure reason"]).toMatch(sentence);
    // What stock clients need to survive a reply.
    expect(reply.action).toBe("announce");
    expect(reply.info_hash).toBeTypeOf("string");
    expect(await metricValue(tracker, TRACKER_METRICS.refused)).toBe(1);
    expect(await metricValue(tracker, TRACKER_METRICS.peers)).toBe(0);
    expect(await client.ask(valid)).toMatchObject({ incomplete: 1 });
    expect(await other.ask(announce(SWARM, id("o")))).toMatchObject({ incomplete: 2 });
  });
});

test("a refusal names the swarm where it could be read", async () => {
  await using tracker = createTracker({ port: 0 });
  await using client = await RawClient.connect((await tracker.listen()).url);
  expect((await client.ask({ ...valid, peer_id: null })).info_hash).toBe(SWARM);
});

test("a client that sends a message too long is cut with 1009, others go on", async () => {
  await using tracker = createTracker({ port: 0, maxMessageBytes: 2048 });
  const { url } = await tracker.listen();
  await using other = await RawClient.connect(url);
  await using client = await RawClient.connect(url);
  client.send(JSON.stringify({ ...valid, padding: "x".repeat(2048) }));
  expect(await client.closed).toBe(1009);
  expect(await other.ask(valid)).toMatchObject({ incomplete: 1 });
  expect(await metricValue(tracker, TRACKER_METRICS.refused, { reason: "too_large" })).toBe(1);
});

test("ten offers with long session descriptions fit into a message", async () => {
  await using tracker = createTracker({ port: 0 });
  await using client = await RawClient.connect((await tracker.listen()).url);
  const offers = Array.from({ length: 10 }, (_, index) =>
    offer(id(String(index)), "a=candidate\r\n".repeat(600)),
  );
  expect(await client.ask(announce(SWARM, id("a"), { offers }))).toMatchObject({ incomplete: 1 });
});

test("text that is not UTF-8 ends its connection with 1007", async () => {
  await using tracker = createTracker({ port: 0 });
  await using client = await RawClient.connect((await tracker.listen()).url);
  client.socket.send(Buffer.from([0xff, 0xfe]), { binary: false });
  expect(await client.closed).toBe(1007);
  expect(await metricValue(tracker, TRACKER_METRICS.refused, { reason: "bad_framing" })).toBe(1);
});

test("too many bad frames end a connection with 1008 and its peers leave", async () => {
  await using tracker = createTracker({ port: 0, maxBadFrames: 3 });
  const { url } = await tracker.listen();
  await using other = await RawClient.connect(url);
  await using client = await RawClient.connect(url);
  await client.ask(valid);
  for (let count = 0; count < 5; count++) client.send("nonsense");
  expect(await client.closed).toBe(1008);
  expect(await other.ask(announce(SWARM, id("o")))).toMatchObject({ incomplete: 1 });
  expect(await metricValue(tracker, TRACKER_METRICS.refused, { reason: "not_json" })).toBe(3);
});

test("unknown fields are not passed on", async () => {
  await using tracker = createTracker({ port: 0 });
  const { url } = await tracker.listen();
  await using alice = await RawClient.connect(url);
  await using bob = await RawClient.connect(url);
  await alice.ask(valid);
  const noisy = { ...offer(id("2")), extra: 1, offer: { type: "offer", sdp: "v", extra: 1 } };
  await bob.ask(announce(SWARM, id("b"), { offers: [noisy], socket: {}, type: "udp", compact: 1 }));
  expect(await alice.next()).toEqual({
    action: "announce",
    info_hash: SWARM,
    peer_id: id("b"),
    offer_id: id("2"),
    offer: { type: "offer", sdp: "v" },
  });
});

test("nothing that a client says stops the tracker from serving others", async () => {
  await using tracker = createTracker({ port: 0, maxBadFrames: 1_000_000 });
  const { url } = await tracker.listen();
  await using other = await RawClient.connect(url);
  await using client = await RawClient.connect(url);
  await other.ask(announce(id("o"), id("o")));
  let peers = 0;
  await fc.assert(
    fc.asyncProperty(hostileFrame(), async (frame) => {
      client.send(frame);
      peers = await other.countPeers(id("o"));
    }),
    { numRuns: 500 },
  );
  client.send(announce(id("x"), id("a")));
  expect(peers).toBe(1);
  expect(client.socket.readyState).toBe(client.socket.OPEN);
  expect(await metricValue(tracker, TRACKER_METRICS.errors)).toBe(0);
});

/** Raw text, any JSON, and messages that are right but for one field, or not even that. */
function hostileFrame(): fc.Arbitrary<string> {
  const mutated = fc
    .record({
      base: fc.constantFrom<object>(valid, validAnswer, { action: "scrape", info_hash: SWARM }),
      field: fc.constantFrom(
        "action",
        "info_hash",
        "peer_id",
        "event",
        "left",
        "offers",
        "answer",
        "offer_id",
      ),
      value: fc.oneof(fc.jsonValue({ maxDepth: 4 }), fc.constant([null]), fc.constant([{ offer: null }])),
    })
    .map(({ base, field, value }) => JSON.stringify({ ...base, [field]: value }));
  return fc.oneof(fc.string(), fc.json(), mutated);
}

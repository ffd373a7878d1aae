import fc from "fast-check";
import { expect, test } from "vitest";
import { ANNOUNCE_EVENTS } from "../../../tracker/wire/announce.js";
import { type ClientMessage, parseMessage } from "../../../tracker/wire/message.js";
import { WireError } from "../../../tracker/wire/wire-error.js";

const limits = { maxOffers: 10 };
const bytes20 = fc
  .uint8Array({ minLength: 20, maxLength: 20 })
  .map((bytes) => Buffer.from(bytes).toString("latin1"));
const sdp = fc.string({ minLength: 1, maxLength: 200, unit: "binary" });
const offer = fc.record({ offer_id: bytes20, offer: fc.record({ type: fc.constant("offer"), sdp }) });
const message = fc.oneof(
  fc.record({
    action: fc.constant("announce"),
    info_hash: bytes20,
    peer_id: bytes20,
    event: fc.constantFrom(...ANNOUNCE_EVENTS.filter((event) => event !== "stopped")),
    left: fc.nat(),
    offers: fc.array(offer, { maxLength: 10 }),
  }),
  fc.record({
    action: fc.constant("announce"),
    info_hash: bytes20,
    peer_id: bytes20,
    to_peer_id: bytes20,
    offer_id: bytes20,
    answer: fc.record({ type: fc.constant("answer"), sdp }),
  }),
  fc.record({
    action: fc.constant("scrape"),
    info_hash: fc.array(bytes20, { minLength: 1, maxLength: 32 }),
  }),
);

const parse = (text: string) => parseMessage(Buffer.from(text), limits);

/** What was read, in the words of the protocol. Ids are bytes and session descriptions JSON, see frame.ts. */
function written(read: ClientMessage): object {
  const text = (bytes: string) => Buffer.from(bytes, "latin1").toString("utf8");
  const description = (type: string, literal: string) => ({ type, sdp: JSON.parse(text(literal)) });
  if (read.kind === "scrape") return { action: "scrape", info_hash: read.infoHashes.map(text) };
  const common = { action: "announce", info_hash: text(read.infoHash), peer_id: text(read.peerId) };
  if (read.kind === "answer") {
    const { toPeerId, offerId, sdp } = read;
    return {
      ...common,
      to_peer_id: text(toPeerId),
      offer_id: text(offerId),
      answer: description("answer", sdp),
    };
  }
  const { event, left, offers } = read;
  const written = offers.map(({ offerId, sdp }) => ({
    offer_id: text(offerId),
    offer: description("offer", sdp),
  }));
  return { ...common, event, left, offers: written };
}

/** As Python and others write JSON, and with room between the tokens. */
const spellings: ((json: object) => string)[] = [
  (json) => JSON.stringify(json),
  (json) => JSON.stringify(json, null, 2),
  (json) =>
    JSON.stringify(json).replace(
      /[^ -~]/g,
      (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
    ),
];

test("what is valid passes unchanged, however it is spelt", () => {
  fc.assert(
    fc.property(message, fc.constantFrom(...spellings), (json, spell) => {
      expect(written(parse(spell(json)))).toEqual(json);
    }),
  );
});

test("a session description is the one of its own field, whatever else a message has in it", () => {
  const trap = fc.constantFrom('"sdp":"', '\\"sdp\\":\\"', '","sdp":"x","', "\\", '"');
  const strange = fc.array(fc.oneof(trap, fc.string()), { maxLength: 4 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(message, strange, strange, (json, key, value) => {
      const trapped = { [`_${key}`]: value, other: { sdp: value }, ...json, last: [{ sdp: value }, key] };
      expect(written(parse(JSON.stringify(trapped)))).toEqual(json);
    }),
  );
});

test("whatever is not valid throws WireError and nothing else", () => {
  const anything = fc.oneof(
    fc.string(),
    fc.json(),
    fc.jsonValue().map((value) => JSON.stringify(value)),
  );
  fc.assert(
    fc.property(anything, (text) => {
      expect(() => parse(text)).toThrow(WireError);
    }),
  );
});

test("a message of which any one required field is missing is refused", () => {
  fc.assert(
    fc.property(message, fc.nat(), (json, choice) => {
      const required = ["action", "info_hash", "peer_id", "to_peer_id", "offer_id"].filter(
        (name) => name in json,
      );
      const missing = required[choice % required.length] ?? "";
      const rest = Object.fromEntries(Object.entries(json).filter(([name]) => name !== missing));
      expect(() => parse(JSON.stringify(rest))).toThrow(new RegExp(`^${missing}: expected .*, got nothing`));
    }),
  );
});

test("no control character passes within a session description, wherever it stands and the frame lies in memory", () => {
  const [before, after] = ["a".repeat(9), "b".repeat(9)];
  fc.assert(
    fc.property(fc.nat(3), fc.nat(8), fc.nat(0x1f), (offset, at, code) => {
      const spoilt = `${before.slice(at)}${String.fromCharCode(code)}${after.slice(at)}`;
      const text = `{"action":"announce","info_hash":"${"i".repeat(20)}","peer_id":"${"p".repeat(20)}","offers":[{"offer_id":"${"o".repeat(20)}","offer":{"type":"offer","sdp":"${spoilt}"}}]}`;
      const frame = Buffer.concat([Buffer.alloc(offset, "x"), Buffer.from(text)]).subarray(offset);
      expect(() => parseMessage(frame, limits)).toThrow(WireError);
    }),
  );
});

test("the shortest frames are refused like all others, wherever they lie in memory", () => {
  for (const text of ["", "7", "{", "[]", "null"]) {
    for (const offset of [0, 1, 2, 3]) {
      const frame = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]).subarray(offset);
      expect(() => parseMessage(frame, limits)).toThrow(WireError);
    }
  }
});

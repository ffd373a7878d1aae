import fc from "fast-check";
import { expect, test } from "vitest";
import { ANNOUNCE_EVENTS } from "../../../tracker/wire/announce.js";
import { encodeMessage, parseMessage } from "../../../tracker/wire/message.js";
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

test("what is valid passes unchanged", () => {
  fc.assert(
    fc.property(message, (json) => {
      expect(JSON.parse(encodeMessage(parseMessage(JSON.stringify(json), limits)))).toEqual(json);
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
      expect(() => parseMessage(text, limits)).toThrow(WireError);
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
      expect(() => parseMessage(JSON.stringify(rest), limits)).toThrow(
        new RegExp(`^${missing}: expected .*, got nothing`),
      );
    }),
  );
});

import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type Envelope,
  type Parcel,
  readEnvelope,
  writeEnvelope,
} from "../../../tracker/cluster/envelope.js";

const texts = fc.string({ unit: "binary", maxLength: 300 });
/** Text as bytes. */
const sdp = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString("latin1"));
const parcels = fc.oneof(
  fc.record({
    kind: fc.constant("announce"),
    key: texts,
    infoHash: texts,
    peerId: texts,
    visitor: fc.record({ number: fc.nat(), stream: texts }),
    isComplete: fc.boolean(),
    offers: fc.nat(),
    turn: fc.nat(),
  }),
  fc.record({
    kind: fc.constant("announce"),
    key: texts,
    peerId: texts,
    along: fc.array(fc.record({ offerId: texts, sdp }), { maxLength: 5 }),
    turn: fc.nat(),
  }),
  fc.record({
    kind: fc.constant("picks"),
    key: texts,
    peerId: texts,
    turn: fc.nat(),
    counts: fc.record({ complete: fc.nat(), incomplete: fc.nat() }),
    picks: fc.array(fc.record({ peerId: texts, reach: texts }), { maxLength: 5 }),
  }),
  fc.record({
    kind: fc.constant("offer"),
    key: texts,
    peerId: texts,
    from: texts,
    offerId: texts,
    reach: texts,
    sdp,
  }),
  fc.record({
    kind: fc.constant("answer"),
    key: texts,
    peerId: texts,
    from: texts,
    offerId: texts,
    sdp,
  }),
  fc.record({ kind: fc.constant("refused"), key: texts, peerId: texts, sentence: texts }),
  fc.record({ kind: fc.constant("leave"), key: texts, peerId: texts }),
  fc.record({ kind: fc.constant("viewer"), stream: texts, session: texts }),
) as unknown as fc.Arbitrary<Parcel>;
const envelopes = fc.record({ from: texts, parcels: fc.array(parcels, { maxLength: 20 }) });

test("what one node says to another arrives as it was, whatever is in its texts", () => {
  fc.assert(
    fc.property(envelopes, (envelope: Envelope) => {
      expect(readEnvelope(writeEnvelope(envelope))).toEqual(envelope);
    }),
  );
});

test("session descriptions are not escaped a second time", () => {
  const literal = JSON.stringify("v=0\r\n".repeat(300));
  const parcel = { kind: "offer", key: "k", peerId: "p", sdp: literal } as unknown as Parcel;
  expect(writeEnvelope({ from: "a", parcels: [parcel] }).toString()).toContain(literal);
});

test("what was cut off, or comes from another version, is left aside", () => {
  const written = writeEnvelope({
    from: "a",
    parcels: [{ kind: "answer", key: "k", peerId: "p", sdp: "text" } as unknown as Parcel],
  });
  expect(readEnvelope(written)).toBeDefined();
  const whole = written.toString();
  for (const other of [whole.slice(0, -1), `${whole}.`, '{"from":"a","parcels":[]}', "", "null\n", "{}\n"]) {
    expect(readEnvelope(Buffer.from(other))).toBeUndefined();
  }
});

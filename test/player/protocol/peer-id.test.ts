import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type Capability,
  capabilityOf,
  createPeerId,
  PEER_ID_LENGTH,
  PROTOCOL_VERSION,
} from "../../../player/protocol/index.js";

const capabilities = fc.constantFrom<Capability>("seed", "leech");
const chances = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
  minLength: 14,
  maxLength: 14,
});

test("a peer id tells its capability, whatever its random part", () => {
  fc.assert(
    fc.property(capabilities, chances, (capability, numbers) => {
      let next = 0;
      const id = createPeerId(capability, () => numbers[next++] ?? 0);
      expect(capabilityOf(id)).toBe(capability);
      expect(id).toMatch(/^-NC1[SL]-[A-Za-z0-9]{14}$/);
      expect(id).toHaveLength(PEER_ID_LENGTH);
    }),
  );
});

test("every random number counts", () => {
  fc.assert(
    fc.property(chances, fc.nat({ max: 13 }), (numbers, changed) => {
      const idOf = (chance: (index: number) => number) => {
        let next = 0;
        return createPeerId("seed", () => chance(next++));
      };
      const other = (number: number) => (number < 0.5 ? number + 0.5 : number - 0.5);
      const before = idOf((index) => numbers[index] ?? 0);
      const after = idOf((index) => (index === changed ? other(numbers[index] ?? 0) : (numbers[index] ?? 0)));
      expect([...after].filter((character, index) => character !== before[index])).toHaveLength(1);
    }),
  );
});

test("the protocol version is one digit, as it stands in every id", () => {
  expect(`${PROTOCOL_VERSION}`).toMatch(/^\d$/);
});

test.each([
  ["", "nothing"],
  ["-NC1S-", "only the head"],
  ["-NC1S-0123456789abc", "a character short"],
  ["-NC1S-0123456789abcde", "a character long"],
  ["-NC2S-0123456789abcd", "another protocol version"],
  ["-NC1X-0123456789abcd", "an unknown capability"],
  ["-NC1s-0123456789abcd", "a small letter"],
  ["-NC1S+0123456789abcd", "no hyphen"],
  ["-WW0102-0123456789ab", "WebTorrent"],
  ["-PM0230-0123456789ab", "p2p-media-loader"],
  ["x-NC1S-0123456789abc", "a shifted head"],
])("%j is foreign: %s", (id) => {
  expect(capabilityOf(id)).toBeUndefined();
});

test("no text makes it throw, and only the right head is taken", () => {
  const texts = fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.string({ unit: fc.constantFrom(..."-NC1SL2x"), minLength: 20, maxLength: 20 }),
  );
  fc.assert(
    fc.property(texts, (text) => {
      expect(capabilityOf(text) !== undefined).toBe(text.length === 20 && /^-NC1[SL]-/.test(text));
    }),
  );
});

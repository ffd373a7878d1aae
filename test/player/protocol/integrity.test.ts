import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  decodeBase64Url,
  encodeBase64Url,
  listSegments,
  playlistLines,
  readDigests,
  readSignature,
  removeIntegrity,
  type SegmentDigest,
  type SignatureHeader,
  signatureInput,
  writeDigests,
  writeSignature,
} from "../../../player/protocol/index.js";
import { playlistTexts } from "../../support/playlist-texts.js";

const digests = fc.uint8Array({ minLength: 32, maxLength: 32 }).chain((hash) =>
  fc.record<SegmentDigest>({
    sha256: fc.constant(encodeBase64Url(hash)),
    bytes: fc.option(fc.integer({ min: 1, max: 2 ** 40 }), { nil: undefined }),
  }),
);
const lists = fc.array(fc.option(digests, { nil: undefined }), { minLength: 8, maxLength: 8 });
const headers = fc.record<SignatureHeader>({
  alg: fc.constantFrom("ES256", "EdDSA"),
  kid: fc.stringMatching(/^[A-Za-z0-9._-]{1,64}$/),
});
const signatures = fc.uint8Array({ minLength: 64, maxLength: 64 });

function segmentsOf(text: string) {
  return listSegments(playlistLines(text)).map(({ line: _, ...segment }) => segment);
}

describe("any media playlist", () => {
  test("is the same playlist with what vouches for it, and without that again", () => {
    fc.assert(
      fc.property(playlistTexts, lists, headers, signatures, (text, list, header, signature) => {
        const tagged = writeDigests(text, list);
        const signed = writeSignature(tagged, header, signature);
        expect(segmentsOf(signed)).toEqual(segmentsOf(text));
        expect(removeIntegrity(tagged)).toBe(text);
        expect(removeIntegrity(signed)).toBe(text);
        const ours = /^#EXT-X-NEARCAST-/;
        const others = (all: string) => playlistLines(all).filter(({ content }) => !ours.test(content));
        expect(others(signed).map(({ content }) => content)).toEqual(
          others(text).map(({ content }) => content),
        );
      }),
    );
  });

  test("tells each segment's digest as it was written, and no other's", () => {
    fc.assert(
      fc.property(playlistTexts, lists, headers, signatures, (text, list, header, signature) => {
        const signed = writeSignature(writeDigests(text, list), header, signature);
        expect(readDigests(signed)).toEqual(segmentsOf(text).map((_, index) => list[index]));
      }),
    );
  });

  test("is changed by a second writing only where digests are others", () => {
    fc.assert(
      fc.property(playlistTexts, lists, lists, (text, before, after) => {
        const tagged = writeDigests(text, before);
        expect(writeDigests(tagged, before)).toBe(tagged);
        expect(writeDigests(tagged, after)).toBe(writeDigests(text, after));
      }),
    );
  });

  test("has a signature over all that stands before it", () => {
    fc.assert(
      fc.property(playlistTexts, lists, headers, signatures, (text, list, header, value) => {
        const tagged = writeDigests(text, list);
        const signed = writeSignature(tagged, header, value);
        const found = readSignature(signed);
        expect(found).toMatchObject({ at: "present", signature: { ...header, value } });
        if (found.at !== "present") return;
        expect(found.signature.input).toEqual(signatureInput(tagged, header));
        const [, payload = ""] = Buffer.from(found.signature.input).toString().split(".");
        const covered = Buffer.from(payload, "base64url").toString();
        expect(signed.startsWith(covered)).toBe(true);
        expect(playlistLines(signed.slice(covered.length))).toHaveLength(1);
      }),
    );
  });

  test("never makes the reader throw, however its text was damaged", () => {
    fc.assert(
      fc.property(
        playlistTexts,
        lists,
        headers,
        signatures,
        fc.nat(),
        fc.string({ unit: "binary", maxLength: 4 }),
        (text, list, header, value, place, junk) => {
          const signed = writeSignature(writeDigests(text, list), header, value);
          const at = place % signed.length;
          const damaged = signed.slice(0, at) + junk + signed.slice(at + 1);
          expect(() => [
            readDigests(damaged),
            readSignature(damaged),
            removeIntegrity(damaged),
          ]).not.toThrow();
        },
      ),
    );
  });
});

const SHA = `${"x".repeat(42)}A`;
const OTHER = `${"y".repeat(42)}A`;

test.each<[what: string, lines: string[], expected: (SegmentDigest | undefined)[]]>([
  ["as written", [`SHA256:${SHA}`, "BYTES:7"], [{ sha256: SHA, bytes: 7 }]],
  ["without a size", [`SHA256:${SHA}`], [{ sha256: SHA, bytes: undefined }]],
  ["with blanks behind it", [`SHA256:${SHA} \t`], [{ sha256: SHA, bytes: undefined }]],
  ["doubled", [`SHA256:${SHA}`, `SHA256:${OTHER}`], [undefined]],
  ["doubled, with the same value", [`SHA256:${SHA}`, `SHA256:${SHA}`], [undefined]],
  ["with two sizes", [`SHA256:${SHA}`, "BYTES:7", "BYTES:8"], [undefined]],
  ["a character short", [`SHA256:${SHA.slice(1)}`], [undefined]],
  ["overlong", [`SHA256:${"x".repeat(100_000)}`], [undefined]],
  ["in base64 with padding", [`SHA256:${SHA}=`], [undefined]],
  ["with loose bits", [`SHA256:${"x".repeat(43)}`], [undefined]],
  ["of nothing", [`SHA256:${SHA}`, "BYTES:0"], [undefined]],
  ["with a size in words", [`SHA256:${SHA}`, "BYTES:many"], [undefined]],
  ["with a size alone", ["BYTES:7"], [undefined]],
  ["in small letters", [`sha256:${SHA}`], [undefined]],
])("a digest %s", (_what, lines, expected) => {
  const ours = lines.map((line) => `#EXT-X-NEARCAST-${line}\n`).join("");
  expect(readDigests(`#EXTM3U\n#EXTINF:2,\n${ours}a.ts\n`)).toEqual(expected);
});

test("a digest behind the last segment, or in front of a URI without a duration, vouches for nothing", () => {
  const tag = `#EXT-X-NEARCAST-SHA256:${SHA}\n`;
  expect(readDigests(`#EXTM3U\n#EXTINF:2,\na.ts\n${tag}`)).toEqual([undefined]);
  expect(readDigests(`#EXTM3U\n${tag}stray.ts\n#EXTINF:2,\na.ts\n`)).toEqual([
    { sha256: SHA, bytes: undefined },
  ]);
});

const SIGNED = writeSignature(
  "#EXTM3U\n#EXTINF:2,\na.ts\n",
  { alg: "ES256", kid: "one" },
  new Uint8Array(64),
);
const LINE = SIGNED.slice(SIGNED.lastIndexOf("#"));

function withHeader(header: unknown): string {
  const encoded = Buffer.from(typeof header === "string" ? header : JSON.stringify(header)).toString(
    "base64url",
  );
  return SIGNED.replace(/SIGNATURE:[^.]*/, `SIGNATURE:${encoded}`);
}

test.each<[what: string, text: string, because: string]>([
  ["followed by another line", `${SIGNED}#EXT-X-ENDLIST\n`, "it is not the last line"],
  ["followed by a blank line", `${SIGNED}\n`, "it is not the last line"],
  ["twice", SIGNED + LINE, "there is more than one"],
  ["inside a comment", SIGNED.replace("a.ts\n", "a.ts\n# "), "it does not begin a line"],
  ["of one byte less", SIGNED.trimEnd().slice(0, -1), "it is no JWS with detached content"],
  ["with its content attached", SIGNED.replace("..", ".e30."), "it is no JWS with detached content"],
  ["overlong", SIGNED.replace("..", `${"x".repeat(600)}..`), "it is no JWS with detached content"],
  ["by no algorithm", withHeader({ alg: "none", kid: "one" }), "its header has to be"],
  ["by a shared secret", withHeader({ alg: "HS256", kid: "one" }), "its header has to be"],
  ["without a key id", withHeader({ alg: "ES256" }), "its header has to be"],
  ["by a strange key id", withHeader({ alg: "ES256", kid: "a b" }), "its header has to be"],
  [
    "with a critical extension",
    withHeader({ alg: "ES256", kid: "one", crit: ["b64"], b64: false }),
    "its header",
  ],
  ["with a header that is no JSON", withHeader("{"), "its header has to be"],
  ["with a header that is null", withHeader("null"), "its header has to be"],
])("a signature %s is malformed", (_what, text, because) => {
  expect(readSignature(text)).toEqual({ at: "malformed", because: expect.stringContaining(because) });
});

test("a multivariant playlist, and what is no playlist, stays as it is", () => {
  const digest = { sha256: SHA, bytes: 1 };
  const multivariant = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nlow.m3u8\n";
  for (const text of [multivariant, "", "<html>", "\ufeff#EXTM3U\n#EXTINF:2,\na.ts\n"]) {
    expect(writeDigests(text, [digest])).toBe(text);
  }
});

test("byte ranges without an offset continue the one before them", () => {
  const text = [
    "#EXTM3U",
    "#EXTINF:2,\n#EXT-X-BYTERANGE:100@50\nall.mp4",
    "#EXTINF:2,\n#EXT-X-BYTERANGE:20\nall.mp4",
    "#EXTINF:2,\nother.mp4",
  ].join("\n");
  expect(segmentsOf(text).map(({ byteRange }) => byteRange)).toEqual([
    { start: 50, end: 149 },
    { start: 150, end: 169 },
    undefined,
  ]);
});

test("base64url is Node's, and has one spelling", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const text = encodeBase64Url(bytes);
      expect(text).toBe(Buffer.from(bytes).toString("base64url"));
      expect(decodeBase64Url(text)).toEqual(bytes);
    }),
  );
  const large = new Uint8Array(100_000).map((_, index) => index * 7);
  expect(encodeBase64Url(large)).toBe(Buffer.from(large).toString("base64url"));
  for (const text of ["A", "AB", "AA=", "A+/A", "A\n"]) expect(decodeBase64Url(text)).toBeUndefined();
});

test("a digest is what `sha256sum` prints, in base64url", () => {
  const hash = createHash("sha256").update("abc").digest();
  expect(encodeBase64Url(hash)).toBe("ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
});

import fc from "fast-check";

const uris = fc.oneof(
  fc.nat({ max: 30 }).map((number) => `seg-${number}.m4s`),
  fc.constantFrom(
    "all.mp4",
    "https://elsewhere.example/a.ts?x=1",
    "  spaced.ts  ",
    "ünïcode.m4s",
    "{$name}.ts",
  ),
);
const tags = fc.oneof(
  fc.constantFrom(
    "",
    "# a comment",
    "#EXT-X-DISCONTINUITY",
    "#EXT-X-GAP",
    '#EXT-X-MAP:URI="init.mp4"',
    '#EXT-X-KEY:METHOD=AES-128,URI="k.key"',
    "#EXT-X-I-FRAMES-ONLY",
    '#EXT-X-PART:DURATION=0.3,URI="part.m4s"',
    "#EXT-X-SOMETHING-NEW:A=1",
    "#EXT-X-BYTERANGE:100",
    "#EXT-X-BYTERANGE:100@200",
    "#EXT-X-BYTERANGE:nonsense",
    "#EXTINF:2.000,Title, with a comma",
    "#EXT-X-ENDLIST",
  ),
  fc.string({ unit: "grapheme", maxLength: 20 }).map((text) => `#${text.replaceAll(/[\r\n]/g, "")}`),
);
const segments = fc
  .tuple(fc.array(tags, { maxLength: 3 }), uris)
  .map(([before, uri]) => ["#EXTINF:2,", ...before, uri]);
const ends = fc.constantFrom("\n", "\n", "\r\n");

/** Any media playlist: unknown tags, byte ranges, comments, I-frames, either line end or both, with a last line end or without. */
export const playlistTexts: fc.Arbitrary<string> = fc
  .record({
    head: fc.array(tags, { maxLength: 4 }),
    segments: fc.array(segments, { maxLength: 8 }),
    tail: fc.array(tags, { maxLength: 2 }),
    end: ends,
    odd: ends,
    oddAt: fc.nat({ max: 20 }),
    isOpen: fc.boolean(),
  })
  .map(({ head, segments, tail, end, odd, oddAt, isOpen }) => {
    const lines = ["#EXTM3U", "#EXT-X-TARGETDURATION:2", ...head, ...segments.flat(), ...tail];
    const last = lines.length - 1;
    return lines
      .map((line, index) => line + (isOpen && index === last ? "" : index === oddAt ? odd : end))
      .join("");
  });

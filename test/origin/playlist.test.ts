import fc from "fast-check";
import { expect, test } from "vitest";
import { parseAttributes } from "../../origin/playlist/attributes.js";
import { parseMasterPlaylist } from "../../origin/playlist/master.js";
import { parseMediaPlaylist } from "../../origin/playlist/media.js";
import { PlaylistError } from "../../origin/playlist/playlist-error.js";
import { pathInStream } from "../../origin/playlist/uri.js";

const segment = fc.record({
  uri: fc.stringMatching(/^[a-z0-9][a-z0-9./?=-]{0,20}$/),
  durationUs: fc.integer({ min: 0, max: 60_000_000 }),
  isDiscontinuity: fc.boolean(),
  date: fc.option(fc.integer({ min: 0, max: 4e12 }), { nil: undefined }),
});
const noise = fc.constantFrom("", "# a comment", "#EXT-X-UNKNOWN:A=1", "#EXT-X-UNKNOWN", "   ", "#");
const lineEnd = fc.constantFrom("\n", "\r\n");

test("a media playlist is read whatever its line ends, comments and unknown tags are", () => {
  fc.assert(
    fc.property(
      fc.array(segment, { maxLength: 8 }),
      fc.nat(),
      fc.nat(),
      fc.boolean(),
      fc.array(noise, { minLength: 1 }),
      lineEnd,
      (segments, mediaSequence, discontinuitySequence, isEnded, noises, end) => {
        const tags = ["#EXT-X-TARGETDURATION:60", `#EXT-X-MEDIA-SEQUENCE:${mediaSequence}`];
        tags.push(`#EXT-X-DISCONTINUITY-SEQUENCE:${discontinuitySequence}`);
        for (const { uri, durationUs, isDiscontinuity, date } of segments) {
          if (isDiscontinuity) tags.push("#EXT-X-DISCONTINUITY");
          if (date !== undefined) tags.push(`#EXT-X-PROGRAM-DATE-TIME:${new Date(date).toISOString()}`);
          tags.push(`#EXTINF:${(durationUs / 1e6).toFixed(6)},a title`, uri);
        }
        if (isEnded) tags.push("#EXT-X-ENDLIST");
        const lines = [
          "#EXTM3U",
          ...tags.flatMap((tag, index) => [noises[index % noises.length] ?? "", tag]),
        ];
        const playlist = parseMediaPlaylist(lines.join(end));
        expect(playlist.lines).toEqual(lines);
        expect(playlist).toMatchObject({
          mediaSequence,
          discontinuitySequence,
          isEnded,
          targetDurationSeconds: 60,
        });
        expect(playlist.segments.map((read) => lines[read.line])).toEqual(segments.map(({ uri }) => uri));
        expect(playlist.segments).toMatchObject(
          segments.map(({ date, ...rest }) => ({ ...rest, programDateTimeMs: date })),
        );
      },
    ),
  );
});

test("any text is either read or refused with a PlaylistError", () => {
  const word = fc.constantFrom(
    ..."#EXTM3U|#EXTINF:|#EXTINF:2,|#EXT-X-MAP:|#EXT-X-MAP:URI=|#EXT-X-TARGETDURATION:9|a.ts|\n|#EXT-X-STREAM-INF:".split(
      "|",
    ),
  );
  const text = fc
    .array(fc.oneof(word, fc.string()), { maxLength: 12 })
    .map((words) => `#EXTM3U\n${words.join("\n")}`);
  fc.assert(
    fc.property(fc.oneof(text, fc.string()), (content) => {
      for (const parse of [parseMediaPlaylist, parseMasterPlaylist]) {
        try {
          parse(content);
        } catch (error) {
          expect(error).toBeInstanceOf(PlaylistError);
        }
      }
    }),
  );
});

test.each([
  ["#EXTINF:2,\na.ts", "#EXT-X-TARGETDURATION is missing"],
  ["#EXT-X-TARGETDURATION:2\na.ts", "line 3: a segment without #EXTINF before it"],
  ["#EXT-X-TARGETDURATION:two", 'line 2: #EXT-X-TARGETDURATION expects an integer, got "two"'],
  ["#EXT-X-MAP:BYTERANGE=1", "line 2: #EXT-X-MAP has no URI"],
])("a broken media playlist is refused with its line: %j", (body, message) => {
  expect(() => parseMediaPlaylist(`#EXTM3U\n${body}`)).toThrow(message);
});

test("maps, byte ranges and keys hold as long as the RFC says", () => {
  const { segments } = parseMediaPlaylist(
    `#EXTM3U
#EXT-X-TARGETDURATION:2
#EXT-X-MAP:URI="a,b.mp4",BYTERANGE="10@0"
#EXT-X-KEY:METHOD=AES-128,URI="k"
#EXT-X-BYTERANGE:5@10
#EXTINF:2,
one
#EXT-X-KEY:METHOD=NONE
#EXTINF:2
two
#EXTINF:2,`,
  );
  expect(segments).toMatchObject([
    { uri: "one", byteRange: "5@10", isEncrypted: true, map: { uri: "a,b.mp4", byteRange: "10@0" } },
    { uri: "two", byteRange: undefined, isEncrypted: false, map: { uri: "a,b.mp4" } },
  ]);
});

test("a master playlist names each media playlist once", () => {
  const { renditions, lines } = parseMasterPlaylist(
    `#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="x",URI="audio.m3u8"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="b",NAME="muxed"
#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS="avc1.4d401f,mp4a.40.2"
low.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=2
low.m3u8`,
  );
  expect(renditions.map(({ uri, role, line }) => [uri, role, line])).toEqual([
    ["audio.m3u8", "media", 1],
    ["low.m3u8", "variant", 4],
  ]);
  expect(renditions[1]?.attributes.get("CODECS")).toBe("avc1.4d401f,mp4a.40.2");
  expect(lines).toHaveLength(7);
});

test("attribute lists come back as they were written", () => {
  const list = fc.dictionary(
    fc.stringMatching(/^[A-Z][A-Z0-9-]{0,10}$/),
    fc.stringMatching(/^[a-z0-9,=. -]{0,12}$/),
    {
      noNullPrototype: true,
    },
  );
  fc.assert(
    fc.property(list, (attributes) => {
      const text = Object.entries(attributes).map(([name, value]) => `${name}="${value}"`);
      expect(Object.fromEntries(parseAttributes(text.join(",")))).toEqual(attributes);
    }),
  );
});

test.each([
  ["seg.m4s", "a/p.m3u8", "a/seg.m4s"],
  ["../seg.m4s", "a/p.m3u8", "seg.m4s"],
  ["../../../etc/x.mp4", "a/p.m3u8", "etc/x.mp4"],
  ["seg%201.m4s?x=1", "a b/p.m3u8", "a b/seg 1.m4s"],
  ["https://cdn.example/x.ts", "p.m3u8", undefined],
  ["//cdn.example/x.ts", "p.m3u8", undefined],
  ["%zz.ts", "p.m3u8", undefined],
])("%s in %s means %s", (uri, playlist, path) => {
  expect(pathInStream(uri, playlist)).toBe(path);
});

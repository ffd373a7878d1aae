import fc from "fast-check";
import { expect, test } from "vitest";
import { embedSnippet } from "../../../demo/page/embed-snippet.js";

const ENTITIES: Record<string, string> = { amp: "&", quot: '"', lt: "<", gt: ">" };

/** What a browser makes of the snippet: attributes by name, in order. */
function attributes(snippet: string): string[][] {
  return [...snippet.matchAll(/ (src|stream|tracker)="([^"]*)"/g)].map(([, name = "", value = ""]) => [
    name,
    value.replace(/&(\w+);/g, (_, entity: string) => ENTITIES[entity] ?? ""),
  ]);
}

test("a snippet is a script and an element", () => {
  const snippet = embedSnippet({
    script: "https://demo.example/nearcast.js",
    src: "https://demo.example/hls/live/master.m3u8",
    tracker: "wss://demo.example:8000/announce",
    stream: "live",
  });
  expect(snippet).toBe(
    `<script src="https://demo.example/nearcast.js"></script>
<nearcast-player src="https://demo.example/hls/live/master.m3u8" stream="live"
  tracker="wss://demo.example:8000/announce" muted autoplay controls playsinline></nearcast-player>`,
  );
});

test("whatever stands in an address stays in its attribute", () => {
  const text = fc.string({ unit: fc.constantFrom(..."ab\"'<>&;=/ quotamp".split("")), maxLength: 30 });
  fc.assert(
    fc.property(text, text, text, text, (script, src, tracker, stream) => {
      const snippet = embedSnippet({ script, src, tracker, stream });
      expect(attributes(snippet)).toEqual([
        ["src", script],
        ["src", src],
        ["stream", stream],
        ["tracker", tracker],
      ]);
      expect(snippet.match(/</g)).toHaveLength(4);
      expect(snippet.match(/>/g)).toHaveLength(4);
    }),
  );
});

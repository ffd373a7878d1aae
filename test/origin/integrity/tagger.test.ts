import fc from "fast-check";
import { expect, test } from "vitest";
import type { FindSegment } from "../../../origin/integrity/segment-bytes.js";
import { PlaylistTagger } from "../../../origin/integrity/tagger.js";
import { readDigests, removeIntegrity } from "../../../player/protocol/index.js";
import { newKey } from "../../support/playlist-keys.js";
import { playlistTexts } from "../../support/playlist-texts.js";
import { isSignedBy } from "../../support/signed-playlists.js";

const key = newKey();

function playlistOf(...uris: string[]): string {
  return ["#EXTM3U", "#EXT-X-TARGETDURATION:2", ...uris.flatMap((uri) => ["#EXTINF:2,", uri]), ""].join("\n");
}

/** Segments that hold their own names, and are read when the test says so. */
class Shelf {
  /** How often each was read. */
  readonly reads = new Map<string, number>();
  readonly #held = new Map<string, Promise<void>>();
  readonly #versions = new Map<string, number>();

  readonly find: FindSegment = async (uri) => {
    if (uri.startsWith("absent")) return undefined;
    const version = this.#versions.get(uri) ?? 0;
    return {
      identity: `${uri} ${version}`,
      bytes: undefined,
      read: (range) => this.#read(uri, version, range),
    };
  };

  /** @returns lets the segment be read. */
  hold(uri: string): () => void {
    let release = () => {};
    this.#held.set(
      uri,
      new Promise((resolve) => {
        release = resolve;
      }),
    );
    return release;
  }

  replace(uri: string): void {
    this.#versions.set(uri, (this.#versions.get(uri) ?? 0) + 1);
  }

  async *#read(uri: string, version: number, range?: { start: number; end: number }) {
    this.reads.set(uri, (this.reads.get(uri) ?? 0) + 1);
    await this.#held.get(uri);
    const bytes = Buffer.from(`${uri} ${version}`.padEnd(1_000, "."));
    yield range ? bytes.subarray(range.start, range.end + 1) : bytes;
  }
}

function taggerAt(now = () => 0): PlaylistTagger {
  return new PlaylistTagger({ keys: [key], now });
}

async function textOf(
  tagger: PlaylistTagger,
  ...playlist: Parameters<PlaylistTagger["tag"]>
): Promise<string> {
  return (await tagger.tag(...playlist)).text;
}

function vouchedFor(text: string): boolean[] {
  return readDigests(text).map((digest) => digest !== undefined);
}

test("any playlist is the same playlist with what vouches for it, signed, and stays so when it is tagged again", async () => {
  await fc.assert(
    fc.asyncProperty(playlistTexts, async (text) => {
      const { find } = new Shelf();
      const tagger = taggerAt();
      await tagger.warm(text, find);
      const tagged = await textOf(tagger, "a", text, find);
      expect(removeIntegrity(tagged)).toBe(text);
      expect(await isSignedBy(tagged, [key.publicJwk])).toBe(true);
      expect(await textOf(tagger, "a", tagged, find)).toBe(tagged);
    }),
    { numRuns: 30 },
  );
});

test("a playlist is rendered and signed once for each change, and each segment is read once", async () => {
  const shelf = new Shelf();
  const tagger = taggerAt();
  const before = playlistOf("1.ts", "2.ts", "3.ts");
  await tagger.warm(before, shelf.find);
  const all = await Promise.all(Array.from({ length: 50 }, () => textOf(tagger, "a", before, shelf.find)));
  // ES256 never signs twice alike.
  expect(new Set(all).size).toBe(1);
  const after = playlistOf("2.ts", "3.ts", "4.ts");
  const changed = await textOf(tagger, "a", after, shelf.find);
  expect(vouchedFor(changed)).toEqual([true, true, true]);
  expect(Object.fromEntries(shelf.reads)).toEqual({ "1.ts": 1, "2.ts": 1, "3.ts": 1, "4.ts": 1 });
});

test("a playlist waits for its newest segment and for no other", async () => {
  let now = 0;
  const shelf = new Shelf();
  const tagger = taggerAt(() => now);
  const text = playlistOf("1.ts", "2.ts", "3.ts");
  const releaseOld = shelf.hold("1.ts");
  const releaseNew = shelf.hold("3.ts");
  const tagging = textOf(tagger, "a", text, shelf.find);
  const waited = await Promise.race([tagging, new Promise((resolve) => setTimeout(resolve, 50, "waited"))]);
  expect(waited).toBe("waited");
  releaseNew();
  expect(vouchedFor(await tagging)).toEqual([false, expect.any(Boolean), true]);
  releaseOld();
  await tagger.warm(text, shelf.find);
  now += 1_000;
  expect(vouchedFor(await textOf(tagger, "a", text, shelf.find))).toEqual([true, true, true]);
  expect(Math.max(...shelf.reads.values())).toBe(1);
});

test("a segment that is replaced under its name is hashed anew within seconds", async () => {
  let now = 0;
  const shelf = new Shelf();
  const tagger = taggerAt(() => now);
  const text = playlistOf("1.ts");
  const before = await textOf(tagger, "a", text, shelf.find);
  shelf.replace("1.ts");
  expect(await textOf(tagger, "a", text, shelf.find)).toBe(before);
  now += 6_000;
  const after = await textOf(tagger, "a", text, shelf.find);
  expect(readDigests(after)).not.toEqual(readDigests(before));
  now += 6_000;
  expect(await textOf(tagger, "a", text, shelf.find)).toBe(after);
});

test("gaps, segments that are elsewhere, and ranges beyond the end are not vouched for; the playlist goes out", async () => {
  const { find } = new Shelf();
  const text = [
    "#EXTM3U\n#EXTINF:2,\n#EXT-X-GAP\n1.ts",
    "#EXTINF:2,\nabsent.ts",
    "#EXTINF:2,\n#EXT-X-BYTERANGE:10@995\n2.ts",
    "#EXTINF:2,\n#EXT-X-BYTERANGE:10\n3.ts",
    "#EXTINF:2,\n#EXT-X-BYTERANGE:10@0\n2.ts\n",
  ].join("\n");
  const tagger = taggerAt();
  expect(await tagger.warm(text, find)).toEqual(["absent.ts", "2.ts", "3.ts"]);
  expect(vouchedFor(await textOf(tagger, "a", text, find))).toEqual([false, false, false, false, true]);
});

test("with a new key in front, playlists are signed by it, and the old one is still published", async () => {
  const { find } = new Shelf();
  const text = playlistOf("1.ts");
  const old = await textOf(taggerAt(), "a", text, find);
  const next = newKey("Ed25519", "next");
  const tagger = new PlaylistTagger({ keys: [next, key] });
  const renewed = await textOf(tagger, "a", old, find);
  expect(await isSignedBy(renewed, [next.publicJwk])).toBe(true);
  expect(removeIntegrity(renewed)).toBe(text);
  expect(tagger.keys.map(({ kid }) => kid)).toEqual(["next", key.kid]);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import type { DemoStream } from "../../../demo/page/demo-config.js";
import { shortPeerId } from "../../../demo/page/short-peer-id.js";
import { chosenStream, hashOf } from "../../../demo/page/stream-choice.js";
import { trackerAddress } from "../../../demo/page/tracker-address.js";
import { createPeerId } from "../../../player/protocol/index.js";

function streamNamed(name: string): DemoStream {
  return { name, label: name, src: "https://demo.example/master.m3u8" };
}

test.each([
  ["http://localhost:8080/", 8000, "http://localhost:8000/"],
  ["https://demo.example/page", 443, "https://demo.example:443/"],
  ["http://[::1]:8080/", 8000, "http://[::1]:8000/"],
])("the tracker of a page at %s with port %i is at %s", (page, port, address) => {
  expect(trackerAddress(new URL(page), port)).toBe(address);
  expect(URL.canParse(address)).toBe(true);
});

test.each([
  ["", "sample"],
  ["#", "sample"],
  ["#live", "live"],
  ["#Live", "sample"],
  ["#b%C3%BCro", "büro"],
  ["#nowhere", "sample"],
])("a page whose fragment is %j plays %s", (hash, name) => {
  const streams = [streamNamed("sample"), streamNamed("live"), streamNamed("büro")] as const;
  expect(chosenStream([...streams], hash).name).toBe(name);
});

test("a stream's link leads to it, whatever its name", () => {
  const names = fc.uniqueArray(fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }), {
    minLength: 2,
  });
  fc.assert(
    fc.property(names, (list) => {
      const [first, ...others] = list.map(streamNamed);
      for (const stream of others) {
        const { hash } = new URL(hashOf(stream), "https://demo.example/");
        expect(chosenStream([first as DemoStream, ...others], hash)).toBe(stream);
      }
    }),
  );
});

test("a peer is shown by its last six characters, which are random ones", () => {
  expect(shortPeerId(createPeerId("seed", () => 0.999))).toBe("999999");
  expect(shortPeerId("-NC1S-ABCDEFGHIJKLMN")).toBe("IJKLMN");
});

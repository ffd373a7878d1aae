import fc from "fast-check";
import { expect, test } from "vitest";
import { createTracker, TRACKER_METRICS, type TrackerOptions } from "../../tracker/index.js";
import { type Reach, restrict } from "../../tracker/sdp/restrict.js";
import type { SdpLiteral } from "../../tracker/wire/session-description.js";
import { announce, id, offer } from "../support/tracker-messages.js";
import { metricValue } from "../support/tracker-metrics.js";
import { RawClient } from "../support/tracker-raw-client.js";

const HEAD = [
  "v=0",
  "o=- 1 2 IN IP4 127.0.0.1",
  "s=-",
  "t=0 0",
  "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
];
const candidate = (address: string, more = "typ host") =>
  `a=candidate:1 1 udp 2122260223 ${address} 50000 ${more}`;
const sdp = (...lines: string[]) => `${[...HEAD, ...lines, "a=mid:0"].join("\r\n")}\r\n`;

/** What of an offer from `from` reaches a peer at `to`. */
async function relayed(
  text: string,
  from: string,
  to: string,
  options: TrackerOptions = {},
): Promise<string> {
  await using tracker = createTracker({ port: 0, trustedProxies: ["loopback"], ...options });
  const { url } = await tracker.listen();
  const at = (address: string) => RawClient.connect(url, { headers: { "X-Forwarded-For": address } });
  await using receiver = await at(to);
  await using sender = await at(from);
  await receiver.ask(announce(id("s"), id("r")));
  await sender.ask(announce(id("s"), id("f"), { offers: [offer(id("1"), text)] }));
  return ((await receiver.next()).offer as { sdp: string }).sdp;
}

test.each([
  ["another section", sdp("m=audio 9 UDP/TLS/RTP/SAVPF 111"), /got a section of "audio"/],
  ["two data channels", sdp("m=application 9 UDP/DTLS/SCTP webrtc-datachannel"), /got 2 sections/],
  ["only audio", "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n", /got a section before all else/],
])("%s: the announce is refused", async (_name, text, sentence) => {
  await using tracker = createTracker({ port: 0 });
  await using client = await RawClient.connect((await tracker.listen()).url);
  const reply = await client.ask(announce(id("s"), id("a"), { offers: [offer(id("1"), text)] }));
  expect(reply["failure reason"]).toMatch(
    /^offers\[0\]\.offer\.sdp: expected one data channel and nothing else/,
  );
  expect(reply["failure reason"]).toMatch(sentence);
  expect(await metricValue(tracker, TRACKER_METRICS.refused, { reason: "bad_sdp" })).toBe(1);
  expect(await metricValue(tracker, TRACKER_METRICS.peers)).toBe(0);
});

test("strangers get to know public addresses only", async () => {
  const text = sdp(
    "c=IN IP4 192.168.1.5",
    candidate("192.168.1.5"),
    candidate("3f2c1a9e-7b1d-4c1e-9f5e-0d5c8a7b1001.local"),
    candidate("fd00::1"),
    candidate("fe80::1"),
    candidate("81.2.69.1", "typ srflx raddr 192.168.1.5 rport 50000"),
    candidate("2a00:1450:4001:80b::1"),
  );
  expect(await relayed(text, "81.2.69.1", "82.2.69.1")).toBe(
    sdp(
      "c=IN IP4 0.0.0.0",
      candidate("81.2.69.1", "typ srflx raddr 0.0.0.0 rport 50000"),
      candidate("2a00:1450:4001:80b::1"),
    ),
  );
});

test("peers of one public address, and of one private network, get to know all but what is of no use", async () => {
  const useful = [
    candidate("192.168.1.5"),
    candidate("some.local"),
    candidate("10.0.0.1"),
    candidate("81.2.69.1"),
  ];
  const useless = [
    "127.0.0.1",
    "::1",
    "0.0.0.0",
    "::",
    "224.0.0.251",
    "ff02::fb",
    "255.255.255.255",
    "evil.example",
    "1.2.3",
  ];
  const text = sdp(...useful, ...useless.map((address) => candidate(address)));
  expect(await relayed(text, "81.2.69.1", "81.2.69.1")).toBe(sdp(...useful));
  expect(await relayed(text, "10.1.0.1", "192.168.7.7")).toBe(sdp(...useful));
});

test("peers on one machine may meet on its loopback address", async () => {
  const text = sdp(candidate("127.0.0.1"));
  expect(await relayed(text, "127.0.0.1", "127.0.0.1")).toBe(text);
});

test("candidates are as many as browsers gather", async () => {
  const text = sdp(...Array.from({ length: 100 }, (_, number) => candidate(`81.2.69.${number}`)));
  expect((await relayed(text, "81.2.69.1", "82.2.69.1")).match(/a=candidate:/g)).toHaveLength(64);
});

test("escapes do not hide a candidate", async () => {
  const text = sdp(candidate("192.168.1.5"), candidate("81.2.69.1"));
  await using tracker = createTracker({ port: 0, trustedProxies: ["loopback"] });
  const { url } = await tracker.listen();
  await using receiver = await RawClient.connect(url, { headers: { "X-Forwarded-For": "82.2.69.1" } });
  await using sender = await RawClient.connect(url, { headers: { "X-Forwarded-For": "81.2.69.1" } });
  await receiver.ask(announce(id("s"), id("r")));
  const json = JSON.stringify(announce(id("s"), id("f"), { offers: [offer(id("1"), text)] }));
  await sender.ask(json.replaceAll("candidate", "\\u0063andidate"));
  expect((await receiver.next()).offer).toEqual({ type: "offer", sdp: sdp(candidate("81.2.69.1")) });
});

test("whatever a session description is, it stays JSON, and nothing private of it is left for strangers", () => {
  const line = fc.oneof(
    fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()).map((address) => candidate(address)),
    fc.string(),
    fc.constantFrom(
      "c=IN IP4 10.0.0.1",
      "a=candidate:",
      "a=candidate:1 1 udp 1",
      "m=application",
      "a=x raddr 10.0.0.1",
    ),
  );
  const reach = fc.constantFrom<Reach>("anyone", "network", "machine");
  fc.assert(
    fc.property(fc.array(line, { maxLength: 20 }), fc.constantFrom("\r\n", "\n"), reach, (lines, end, to) => {
      const literal = JSON.stringify(lines.join(end)) as SdpLiteral;
      const text: string = JSON.parse(restrict(literal, to));
      expect(restrict(JSON.stringify(text) as SdpLiteral, to)).toBe(JSON.stringify(text));
      if (to === "anyone")
        expect(text).not.toMatch(/a=candidate:\S+ \S+ \S+ \S+ (10|127|0|224)\.\d+\.\d+\.\d+ /);
    }),
  );
});

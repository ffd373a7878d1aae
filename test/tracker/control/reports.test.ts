import fc from "fast-check";
import { expect, test } from "vitest";
import {
  MAX_REPORT_BYTES,
  parseJoin,
  parseReportReply,
  parseStreamName,
} from "../../../player/protocol/index.js";
import { createTracker, TRACKER_METRICS, type TrackerOptions } from "../../../tracker/index.js";
import { SessionLedger } from "../../../tracker/reports/session-ledger.js";
import { announce, id, offer } from "../../support/tracker-messages.js";
import { metricValue } from "../../support/tracker-metrics.js";
import { RawClient } from "../../support/tracker-raw-client.js";
import { postReport, reportOf } from "../../support/tracker-reports.js";
import { keyFile, token } from "../../support/tracker-tokens.js";
import { upgradeStatus } from "../../support/upgrade-status.js";

const ADMIN = "an-admin-token-of-a-test";

async function listen(options: TrackerOptions = {}) {
  const tracker = createTracker({ port: 0, adminToken: ADMIN, trustedProxies: ["loopback"], ...options });
  const { port, url } = await tracker.listen();
  const base = `http://127.0.0.1:${port}/`;
  const value = (name: string, labels: Record<string, string> = {}) => metricValue(tracker, name, labels);
  return { tracker, base, url, value, [Symbol.asyncDispose]: () => tracker.close() };
}

test("reports add up by stream, cohort and source, each of them once", async () => {
  await using server = await listen({ streamLabels: 1 });
  const post = (...args: Parameters<typeof reportOf>) => postReport(server.base, reportOf(...args));
  expect((await post("session-1", { startupMs: 400, latencyS: 6 })).status).toBe(200);
  expect((await post("session-1")).status).toBe(200);
  await post("session-1", { sequence: 1, stalls: 2, stalledS: 1.5 });
  await post("session-2", { cohort: "holdout" });
  await post("session-3", { stream: parseStreamName("sport") });

  const bytes = (labels: Record<string, string>) => server.value(TRACKER_METRICS.reportedBytes, labels);
  expect(await bytes({ stream: "news", cohort: "p2p", source: "peers" })).toBe(6_000_000);
  expect(await bytes({ stream: "news", cohort: "p2p", source: "origin" })).toBe(2_000_000);
  expect(await bytes({ stream: "news", cohort: "holdout", source: "origin" })).toBe(1_000_000);
  expect(await bytes({ stream: "other", source: "uploaded" })).toBe(3_000_000);
  expect(await server.value(TRACKER_METRICS.stalls, { stream: "news" })).toBe(2);
  expect(await server.value(TRACKER_METRICS.reports, { result: "new" })).toBe(4);
  expect(await server.value(TRACKER_METRICS.reports, { result: "repeated" })).toBe(1);
  expect(await server.value(TRACKER_METRICS.viewers, { stream: "news" })).toBe(2);

  const response = await fetch(new URL("/streams", server.base), {
    headers: { Authorization: `Bearer ${ADMIN}` },
  });
  const { streams } = (await response.json()) as { streams: object[] };
  expect(streams).toEqual([
    expect.objectContaining({ stream: "news", viewers: 2, offload: 0.75 }),
    expect.objectContaining({ stream: "sport", viewers: 1, offload: 0.75 }),
  ]);
});

test("a beacon without a preflight counts, too", async () => {
  await using server = await listen();
  const { sequence: _, ...rest } = reportOf("session-1");
  const response = await fetch(new URL("/reports", server.base), {
    method: "POST",
    body: JSON.stringify({ version: 1, sequence: 0, ...rest }),
  });
  expect(response.status).toBe(200);
  expect(parseReportReply(await response.json()).policy.cohort).toBe("p2p");
});

test("uploads that nobody has got show", async () => {
  await using server = await listen();
  const { bytes } = reportOf("session-1");
  await postReport(server.base, reportOf("session-1", { bytes: { ...bytes, uploaded: 9_000_000 } }));
  expect(await server.value(TRACKER_METRICS.unaccountedUploadBytes, { stream: "news" })).toBe(6_000_000);
});

test.each([
  ["text", "nonsense", 400, /^report: expected JSON/],
  ["another version", "{}", 400, /^version: /],
  ["a wrong field", JSON.stringify({ ...reportOf("session-1"), version: 1, stalls: -1 }), 400, /^stalls: /],
  ["a long body", " ".repeat(MAX_REPORT_BYTES + 1), 413, /./],
])("%s: %3$i with a sentence", async (_name, body, status, sentence) => {
  await using server = await listen();
  const response = await postReport(server.base, body);
  expect(response.status).toBe(status);
  expect(await response.text()).toMatch(sentence);
  expect(await server.value(TRACKER_METRICS.reports, { result: "new" })).toBe(0);
});

test("a session that reports far more often than players do is told to wait", async () => {
  await using server = await listen({ now: () => 0 });
  for (let sequence = 0; sequence < 30; sequence++)
    await postReport(server.base, reportOf("session-1", { sequence }));
  expect((await postReport(server.base, reportOf("session-1", { sequence: 30 }))).status).toBe(429);
  expect((await postReport(server.base, reportOf("session-2"))).status).toBe(200);
});

test("what cannot be is not counted, and whoever has claimed it is not believed again", async () => {
  await using server = await listen({ now: () => 0 });
  const { bytes } = reportOf("session-1");
  const claims = [
    { bytes: { ...bytes, uploaded: 2 ** 40 } },
    { bytes: { ...bytes, fromPeers: 2 ** 40 } },
    { bytes: { ...bytes, unverified: bytes.fromPeers + 1 } },
    { playedS: 86_400 },
    { stalledS: 86_400 },
  ];
  for (const [index, claim] of claims.entries()) {
    const session = `session-${index}`;
    await postReport(server.base, reportOf(session, { sequence: 0 }));
    await postReport(server.base, reportOf(session, { sequence: 1, ...claim }));
    await postReport(server.base, reportOf(session, { sequence: 2 }));
  }
  expect(await server.value(TRACKER_METRICS.reports, { result: "new" })).toBe(claims.length);
  expect(await server.value(TRACKER_METRICS.reports, { result: "implausible" })).toBe(2 * claims.length);
  expect(await server.value(TRACKER_METRICS.implausibleSessions)).toBe(claims.length);
});

test("a peer that three independent viewers have got wrong bytes from is introduced to nobody, and its neighbours are told", async () => {
  await using server = await listen();
  const polluter = "-NC1S-polluter000000".slice(0, 20);
  await using honest = await RawClient.connect(`${server.url}?stream=news`);
  await using eve = await RawClient.connect(`${server.url}?stream=news`);
  await eve.ask(announce(id("s"), polluter));
  const complain = async (session: string, from: string) =>
    parseReportReply(
      await (
        await postReport(
          server.base,
          reportOf(session, { integrity: { failures: 1, peers: [{ peer: polluter, segments: 1 }] } }),
          from,
        )
      ).json(),
    );
  // One viewer with many sessions, and many sessions behind one address, are one.
  for (const session of ["session-1", "session-2", "session-3", "session-4"])
    await complain(session, "81.2.69.1");
  expect((await complain("session-5", "82.2.69.1")).blockedPeers).toEqual([]);
  expect((await complain("session-6", "83.2.69.1")).blockedPeers).toEqual([polluter]);
  expect(await server.value(TRACKER_METRICS.quarantines)).toBe(1);

  await honest.ask(announce(id("s"), id("h"), { offers: [offer(id("1"))] }));
  expect(await server.value(TRACKER_METRICS.offers)).toBe(0);
  await eve.ask(announce(id("s"), polluter));
  expect(await honest.countPeers(id("s"))).toBe(1);
});

test("a polluter with an access token is known again, whatever peer id it takes, before and after it was found out", async () => {
  await using server = await listen({ accessKeys: await keyFile() });
  const connect = async (session: string) =>
    await RawClient.connect(`${server.url}?stream=news&token=${await token({ session })}`);
  const polluter = id("p");
  await using eve = await connect("eve-session");
  await eve.ask(announce(id("s"), polluter));
  // It has left before anybody complains, and is back as somebody else.
  await eve.ask(announce(id("s"), polluter, { event: "stopped" }));
  await eve.ask(announce(id("s"), id("q")));
  const complain = async (session: string, from: string, peer = polluter) => {
    const report = reportOf(session, { integrity: { failures: 1, peers: [{ peer, segments: 1 }] } });
    const reply = await postReport(server.base, report, from, await token({ session }));
    return parseReportReply(await reply.json());
  };
  for (const number of [1, 2, 3]) await complain(`session-${number}`, `8${number}.2.69.1`);

  await using honest = await connect("honest-session");
  expect(await honest.ask(announce(id("s"), id("h"), { offers: [offer(id("1"))] }))).toMatchObject({
    incomplete: 2,
  });
  expect(await server.value(TRACKER_METRICS.offers)).toBe(0);
  await eve.ask(announce(id("s"), id("q")));
  expect(await honest.countPeers(id("s"))).toBe(1);
  const eves = await token({ session: "eve-session" });
  expect(await upgradeStatus(`${server.url}?stream=news&token=${eves}`)).toBe(403);
  expect(await server.value(TRACKER_METRICS.refused, { reason: "quarantined" })).toBe(1);
  const joined = await fetch(new URL("/join?stream=news", server.base), {
    headers: { Authorization: `Bearer ${eves}` },
  });
  expect(parseJoin(await joined.json(), joined.url).policy).toMatchObject({
    cohort: "off",
    mayUpload: false,
  });
  // What it says about others is not heard: two more would be needed.
  await complain("eve-session", "84.2.69.1", id("h"));
  await complain("session-1", "81.2.69.1", id("h"));
  expect((await complain("session-2", "82.2.69.1", id("h"))).blockedPeers).toEqual([polluter]);
});

test("the live feed tells admins about all streams, again and again", async () => {
  await using server = await listen();
  await postReport(server.base, reportOf("session-1"));
  const abort = new AbortController();
  const response = await fetch(new URL("/streams/events", server.base), {
    headers: { Authorization: `Bearer ${ADMIN}` },
    signal: abort.signal,
  });
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString();
    if (text.split("\n\n").length > 2) break;
  }
  abort.abort();
  const [first = ""] = text.split("\n\n");
  expect(JSON.parse(first.replace(/^data: /, "")).streams).toMatchObject([{ stream: "news", viewers: 1 }]);
});

test("OpenMetrics is spoken to whoever asks for it", async () => {
  await using server = await listen();
  const ask = (accept: string) => fetch(new URL("/metrics", server.base), { headers: { Accept: accept } });
  const open = await ask("application/openmetrics-text;version=1.0.0,text/plain;q=0.5");
  expect(open.headers.get("content-type")).toContain("application/openmetrics-text");
  expect(await open.text()).toMatch(/# EOF\n?$/);
  const again = await ask("application/openmetrics-text");
  expect(await again.text()).toContain(`${TRACKER_METRICS.offers} 0`);
  const plain = await ask("text/plain");
  expect(plain.headers.get("content-type")).toContain("text/plain");
  const text = await plain.text();
  expect(text).not.toContain("# EOF");
  expect(text).toContain(`${TRACKER_METRICS.offers} 0`);
});

test("each sequence number counts once, in whatever order reports come and however often", () => {
  const sequences = fc.array(fc.nat(60), { maxLength: 200 });
  fc.assert(
    fc.property(sequences, (numbers) => {
      const ledger = new SessionLedger();
      let nowMs = 0;
      const taken = numbers.filter((sequence) => {
        nowMs += 10_000;
        return ledger.judge(reportOf("session-1", { sequence }), nowMs) === "new";
      });
      expect(new Set(taken).size).toBe(taken.length);
      const late = numbers.filter((number, index) => number <= Math.max(-1, ...numbers.slice(0, index)) - 32);
      for (const number of numbers) if (!late.includes(number)) expect(taken).toContain(number);
    }),
  );
});

import { createHmac } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { joinUrl, parseJoin, parseReportReply, parseStreamName } from "../../../player/protocol/index.js";
import { createTracker, OptionError, type TrackerOptions } from "../../../tracker/index.js";
import { announce, id, offer } from "../../support/tracker-messages.js";
import { RawClient } from "../../support/tracker-raw-client.js";
import { postReport, reportOf } from "../../support/tracker-reports.js";

const ADMIN = "an-admin-token-of-a-test";

async function file(content: object | string): Promise<string> {
  const path = join(tmpdir(), `nearcast-${crypto.randomUUID()}`);
  await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

async function listen(options: TrackerOptions = {}) {
  const tracker = createTracker({ port: 0, adminToken: ADMIN, ...options });
  const { port, url } = await tracker.listen();
  const base = `http://127.0.0.1:${port}/`;
  const get = (session: string, from?: string) =>
    fetch(joinUrl(base, { stream: parseStreamName("news"), session }), {
      headers: from === undefined ? {} : { "X-Forwarded-For": from },
    });
  const joined = async (session: string, from?: string) => {
    const response = await get(session, from);
    return parseJoin(await response.json(), response.url);
  };
  const put = (path: string, policy: object, token = ADMIN) =>
    fetch(new URL(path, base), {
      method: "PUT",
      headers: { Authorization: `Bearer ${token}` },
      body: JSON.stringify(policy),
    });
  return { tracker, base, url, get, joined, put, [Symbol.asyncDispose]: () => tracker.close() };
}

test("a player that knows nothing but the tracker's address gets all that it needs, and can announce with it", async () => {
  await using server = await listen();
  const document = await server.joined("session-1");
  expect(document).toMatchObject({
    stream: "news",
    iceServers: [],
    policy: { cohort: "p2p", mayUpload: true, viewers: 1, minViewers: 0, holdoutShare: 0 },
    integrityKeys: [],
    reports: { url: `${server.base}reports`, intervalS: 10 },
    blockedPeers: [],
    refreshS: 300,
  });
  await using client = await RawClient.connect(document.announce[0] ?? "");
  expect(await client.ask(announce(id("s"), id("a")))).toMatchObject({ incomplete: 1 });
});

test("behind a proxy the addresses are those of publicUrl", async () => {
  await using server = await listen({ publicUrl: "https://tracker.example/p2p" });
  expect((await server.joined("session-1")).announce).toEqual([
    "wss://tracker.example/p2p/announce?stream=news",
  ]);
});

test("pages of allowed origins may read it, others may not", async () => {
  await using server = await listen({ allowedOrigins: ["https://tv.example"] });
  const ask = (origin: string, method = "GET") =>
    fetch(joinUrl(server.base, { stream: parseStreamName("news"), session: "session-1" }), {
      method,
      headers: { Origin: origin },
    });
  expect((await ask("https://tv.example")).headers.get("access-control-allow-origin")).toBe(
    "https://tv.example",
  );
  expect((await ask("https://tv.example", "OPTIONS")).status).toBe(204);
  expect((await ask("https://evil.example")).status).toBe(403);
  expect((await ask("https://evil.example", "OPTIONS")).headers.has("access-control-allow-origin")).toBe(
    false,
  );
});

test("TURN credentials are those that coturn computes from the secret (use-auth-secret)", async () => {
  await using server = await listen({
    stunUrls: ["stun:stun.example:3478"],
    turnUrls: ["turn:turn.example:3478?transport=udp"],
    turnSecret: "north",
    turnLifetimeS: 600,
  });
  const [stun, turn] = (await server.joined("session-1")).iceServers;
  expect(stun).toEqual({ urls: ["stun:stun.example:3478"] });
  const { username = "", credential } = turn ?? {};
  const [expires, session] = username.split(":");
  expect(session).toBe("session-1");
  expect(Math.abs(Number(expires) - Date.now() / 1000 - 600)).toBeLessThan(60);
  expect(credential).toBe(createHmac("sha1", "north").update(username).digest("base64"));
  expect(() => createTracker({ turnUrls: ["turn:turn.example"] })).toThrow(OptionError);
});

test("only the public halves of integrity keys are told", async () => {
  const { privateKey } = (await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, [
    "sign",
    "verify",
  ])) as CryptoKeyPair;
  const { kty, crv, x, y, d } = await crypto.subtle.exportKey("jwk", privateKey);
  await using server = await listen({
    integrityKeys: await file({ keys: [{ kty, crv, x, y, d, kid: "k1" }] }),
  });
  expect((await server.joined("session-1")).integrityKeys).toEqual([{ kty, crv, x, y, kid: "k1" }]);
});

test.each([
  ["/join?session=session-1", 400, /^stream: /],
  ["/join?stream=..&session=session-1", 400, /^stream: /],
  ["/join?stream=news", 400, /^session: /],
  ["/join?stream=news&session=short", 400, /^session: /],
])("%s: %i, with a sentence", async (path, status, sentence) => {
  await using server = await listen();
  const response = await fetch(new URL(path, server.base));
  expect(response.status).toBe(status);
  expect(await response.text()).toMatch(sentence);
});

test("a stream's P2P is switched off at once: for who joins, for who reports, and in the swarm", async () => {
  await using server = await listen();
  await using alice = await RawClient.connect(`${server.url}?stream=news`);
  await using bob = await RawClient.connect(`${server.url}?stream=news`);
  await alice.ask(announce(id("s"), id("a")));
  expect((await server.put("/policy/news", { p2p: false })).status).toBe(200);

  expect((await server.joined("session-1")).policy.cohort).toBe("off");
  const reply = parseReportReply(await (await postReport(server.base, reportOf("session-2"))).json());
  expect(reply.policy.cohort).toBe("off");
  await bob.ask(announce(id("s"), id("b"), { offers: [offer(id("1"))] }));
  expect(await alice.ask(announce(id("s"), id("a")))).toMatchObject({ incomplete: 0 });

  await server.put("/policy/news", {});
  expect(await bob.ask(announce(id("s"), id("b")))).toMatchObject({ incomplete: 1 });
});

test("a network and a country can be switched off, or to downloading only", async () => {
  await using server = await listen({
    trustedProxies: ["loopback"],
    networks: await file("81.2.69.0/24,campus\n82.2.69.0/24,library,leech\n"),
  });
  await server.put("/policy", { networks: { campus: "off" }, countries: { NL: "leech" } });
  const policy = async (from: string) => (await server.joined("session-1", from)).policy;
  expect(await policy("81.2.69.1")).toMatchObject({ cohort: "off", mayUpload: false });
  expect(await policy("82.2.69.1")).toMatchObject({ cohort: "p2p", mayUpload: false });
  expect(await policy("193.0.6.139")).toMatchObject({ cohort: "p2p", mayUpload: false });
  expect(await policy("8.8.8.8")).toMatchObject({ cohort: "p2p", mayUpload: true });
});

test("two that may only download are not introduced to each other, but to others", async () => {
  await using server = await listen({
    trustedProxies: ["loopback"],
    networks: await file("82.2.69.0/24,library,leech\n"),
  });
  const at = (address: string) => RawClient.connect(server.url, { headers: { "X-Forwarded-For": address } });
  await using leech = await at("82.2.69.1");
  await using seeder = await at("81.2.69.1");
  await using other = await at("82.2.69.2");
  await leech.ask(announce(id("s"), id("l")));
  await seeder.ask(announce(id("s"), id("e")));
  await other.ask(announce(id("s"), id("o"), { offers: [offer(id("1")), offer(id("2"))] }));
  expect(await seeder.next()).toHaveProperty("offer");
  expect(await leech.countPeers(id("s"))).toBe(3);
});

test("the control group is chosen by session: the same share everywhere, and the same session always", async () => {
  await using server = await listen();
  await using other = await listen();
  for (const { put } of [server, other])
    await put("/policy/news", { holdoutShare: 0.25, minViewers: 3, uploadKbps: 800 });
  const sessions = Array.from({ length: 200 }, (_, number) => `session-${number}`);
  const cohorts = async ({ joined }: typeof server) =>
    await Promise.all(sessions.map(async (session) => (await joined(session)).policy.cohort));
  const chosen = await cohorts(server);
  expect(await cohorts(other)).toEqual(chosen);
  const held = chosen.filter((cohort) => cohort === "holdout").length;
  expect(held).toBeGreaterThan(25);
  expect(held).toBeLessThan(75);
  expect((await server.joined("session-0")).policy).toMatchObject({
    minViewers: 3,
    uploadKbps: 800,
    holdoutShare: 0.25,
    viewers: 200,
  });
});

test("policies are read from a file, shown, changed by admins only, and refused by field", async () => {
  await using server = await listen({
    policies: await file({ common: { minViewers: 2 }, streams: { news: { p2p: false } } }),
  });
  const show = await fetch(new URL("/policy/news", server.base), {
    headers: { Authorization: `Bearer ${ADMIN}` },
  });
  expect(await show.json()).toEqual({
    own: { p2p: false },
    effective: { p2p: false, minViewers: 2, networks: {}, countries: {} },
  });
  expect((await server.put("/policy/news", { p2p: true }, "another-admin-token")).status).toBe(401);
  for (const [policy, sentence] of [
    [{ p2p: "no" }, /^p2p: expected true or false, got "no"/],
    [{ holdoutShare: 2 }, /^holdoutShare: expected a number from 0 to 1, got 2/],
    [{ countries: { germany: "off" } }, /^countries\S*: expected at most 10000 country codes/],
    [{ networks: { campus: "no" } }, /^networks\.campus: expected p2p, leech or off, got "no"/],
    [{ p2P: false }, /^p2P: not a field of policies/],
    [[], /^\S+: /],
  ] as const) {
    const response = await server.put("/policy/news", policy);
    expect(response.status).toBe(400);
    expect(await response.text()).toMatch(sentence);
  }
  await expect(
    createTracker({ port: 0, policies: await file({ streams: { "..": {} } }) }).listen(),
  ).rejects.toThrow(/^policies: .*stream: expected/);
});

test("without an admin token nobody is an admin", async () => {
  await using tracker = createTracker({ port: 0 });
  const { port } = await tracker.listen();
  for (const path of ["policy", "policy/news", "streams", "streams/events", "explain?address=8.8.8.8"]) {
    const response = await fetch(`http://127.0.0.1:${port}/${path}`, {
      headers: { Authorization: "Bearer undefined" },
    });
    expect(response.status).toBe(401);
  }
  expect(() => createTracker({ adminToken: "short" })).toThrow(
    /^adminToken: expected at least 16 characters without spaces$/,
  );
});

test("/explain tells operators where an address is, and why", async () => {
  await using server = await listen({ networks: await file("8.8.8.0/24,resolvers,leech\n") });
  const explain = (address: string) =>
    fetch(new URL(`/explain?address=${address}`, server.base), {
      headers: { Authorization: `Bearer ${ADMIN}` },
    });
  expect(await (await explain("8.8.8.8")).json()).toMatchObject({
    address: "8.8.8.8",
    range: "unicast",
    sameAddress: "8.8.8.8/32",
    prefix: "8.8.8.0/24",
    network: "resolvers",
    policy: "leech",
    asn: 15169,
    country: "US",
    tiers: [
      { tier: "address", group: "8.8.8.8/32" },
      { tier: "prefix", group: "8.8.8.0/24" },
      { tier: "network", group: "resolvers", because: "8.8.8.0/24 in the networks file" },
      { tier: "asn", group: "AS15169", because: "the data that is built in" },
      { tier: "country", group: "US", because: "the data that is built in" },
      { tier: "anyone", group: "all viewers" },
    ],
  });
  expect((await explain("nowhere")).status).toBe(400);
});

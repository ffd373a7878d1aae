import { chmod, readFile } from "node:fs/promises";
import { Writable } from "node:stream";
import fc from "fast-check";
import { pino } from "pino";
import { expect, test } from "vitest";
import { takeOne } from "../../origin/access/rate-limit.js";
import { createOrigin, ORIGIN_METRICS, type OriginOptions, type StreamConfig } from "../../origin/index.js";
import { createTokenVerifier, parseAccessKeys } from "../../player/protocol/access-token.js";
import { parseStreamName } from "../../player/protocol/index.js";
import { API_KEY, makeAccessKeys } from "../support/access-keys.js";
import { programmeFiles, temporaryFolder, writeFiles } from "../support/origin-programme.js";

const NOW_S = 1_790_000_000;

async function serve(
  gate: Partial<StreamConfig> = { access: "private" },
  options: Partial<OriginOptions> = {},
) {
  const folder = await temporaryFolder();
  await writeFiles(folder.path, programmeFiles({ low: [2, 2] }));
  const keys = await makeAccessKeys(folder.path);
  const { keyFile, apiKeyFile } = keys;
  const logged: string[] = [];
  const log = new Writable({
    write: (line, _, done) => {
      logged.push(String(line));
      done();
    },
  });
  let nowMs = NOW_S * 1000;
  const origin = createOrigin({
    port: 0,
    streams: {
      news: { kind: "folder", folder: folder.path, ...gate } as StreamConfig,
      open: { kind: "folder", folder: folder.path },
    },
    access: { keyFile, apiKeyFile },
    clock: () => nowMs,
    logger: pino({ level: "info" }, log),
    integrityKeys: [],
    ...options,
  });
  const { url } = await origin.listen();
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${url}/hls/${path}`, { headers });
    return { status: response.status, text: await response.text(), headers: response.headers };
  };
  const post = async (path: string, headers: Record<string, string>, body?: unknown) => {
    const response = await fetch(`${url}${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    return { status: response.status, text: await response.text(), headers: response.headers };
  };
  return {
    ...{ url, get, post, keys, logged },
    advance: (ms: number) => {
      nowMs += ms;
    },
    [Symbol.asyncDispose]: async () => {
      await origin.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

test("a private stream is for viewers with a token for it, in header, query or cookie", async () => {
  await using server = await serve();
  const token = await server.keys.token("news", NOW_S + 60);
  const refused = await server.get("news/master.m3u8");
  expect([refused.status, refused.text]).toEqual([401, "An access token is needed.\n"]);
  expect(refused.headers.get("www-authenticate")).toBe('Bearer realm="news"');
  expect(refused.headers.get("cache-control")).toBe("no-store");
  for (const path of [
    "news/master.m3u8",
    "news/low/playlist.m3u8",
    "news/low/seg-0.m4s",
    "news/low/none.m4s",
  ]) {
    expect((await server.get(path)).status).toBe(401);
    const expected = path.includes("none") ? 404 : 200;
    expect((await server.get(path, { Authorization: `Bearer ${token}` })).status).toBe(expected);
    expect((await server.get(`${path}?token=${token}`)).status).toBe(expected);
    expect((await server.get(path, { Cookie: `a=b; nearcast-news=${token}` })).status).toBe(expected);
  }
  const segment = await server.get(`news/low/seg-0.m4s?token=${token}`);
  expect(segment.headers.get("cache-control")).toBe("private, max-age=31536000, immutable");
  expect((await server.get("open/master.m3u8")).status).toBe(200);
});

test.each<[string, (server: Awaited<ReturnType<typeof serve>>) => Promise<string>, number, string]>([
  [
    "another stream's",
    ({ keys }) => keys.token("open", NOW_S + 60),
    403,
    'The access token is not for stream "news".\n',
  ],
  ["an expired", ({ keys }) => keys.token("news", NOW_S - 60), 401, "The access token has expired.\n"],
  [
    "a lifelong",
    ({ keys }) => keys.token("news", NOW_S + 9_999_999),
    401,
    "The access token is valid for longer than the 3600 s that are accepted.\n",
  ],
  ["no real", async () => "a.b.c", 401, "The access token cannot be read.\n"],
  [
    "an endless",
    async () => "a".repeat(9_000),
    401,
    "The access token is not a JWT of at most 2048 characters.\n",
  ],
])("%s token does not open a private stream", async (_, make, status, sentence) => {
  await using server = await serve();
  const { status: got, text } = await server.get("news/master.m3u8", {
    Authorization: `Bearer ${await make(server)}`,
  });
  expect([got, text]).toEqual([status, sentence]);
});

test("a token that has been accepted is refused once it has expired", async () => {
  await using server = await serve();
  const headers = { Authorization: `Bearer ${await server.keys.token("news", NOW_S + 60)}` };
  expect((await server.get("news/master.m3u8", headers)).status).toBe(200);
  server.advance(60_000 + 30_000);
  expect((await server.get("news/master.m3u8", headers)).status).toBe(401);
});

test("POST /session turns a token into a cookie for the stream alone", async () => {
  await using server = await serve({ access: "private", corsOrigins: ["https://video.example"] });
  const token = await server.keys.token("news", NOW_S + 60);
  const { status, headers } = await server.post("/session?stream=news", {
    Authorization: `Bearer ${token}`,
    Origin: "https://video.example",
  });
  expect(status).toBe(204);
  const cookie = headers.get("set-cookie") ?? "";
  expect(cookie).toMatch(/^nearcast-news=\S+; Max-Age=60; Path=\/hls\/news\/; .*HttpOnly; SameSite=Lax$/);
  expect(headers.get("access-control-allow-origin")).toBe("https://video.example");
  expect(headers.get("access-control-allow-credentials")).toBe("true");
  expect((await server.get("news/master.m3u8", { Cookie: cookie.split(";")[0] ?? "" })).status).toBe(200);
  expect((await server.post("/session?stream=news", {})).status).toBe(401);
  expect((await server.post("/session?stream=none", { Authorization: `Bearer ${token}` })).status).toBe(404);
});

test("behind a trusted proxy that speaks TLS the cookie is for TLS alone; others are not believed", async () => {
  for (const [trustedProxies, flags] of [
    [["loopback"], /Secure; SameSite=None$/],
    [[], /HttpOnly; SameSite=Lax$/],
  ] as const) {
    await using server = await serve({ access: "private" }, { trustedProxies });
    const token = await server.keys.token("news", NOW_S + 60);
    const headers = { Authorization: `Bearer ${token}`, "X-Forwarded-Proto": "https" };
    expect((await server.post("/session?stream=news", headers)).headers.get("set-cookie")).toMatch(flags);
  }
});

test("a provider's backend gets tokens with its API key, each of them in the audit log, none of them readable there", async () => {
  await using server = await serve();
  const authorization = { Authorization: `Bearer ${API_KEY}` };
  const { status, text } = await server.post("/tokens", authorization, {
    stream: "news",
    session: "s1",
    seconds: 60,
  });
  expect(status).toBe(201);
  const { token, session, expiresAt } = JSON.parse(text);
  expect([session, expiresAt]).toEqual(["s1", NOW_S + 60]);
  expect((await server.get(`news/master.m3u8?token=${token}`)).status).toBe(200);
  const audit = server.logged.filter((line) => line.includes("audit")).map((line) => JSON.parse(line));
  expect(audit).toMatchObject([
    { audit: "token issued", stream: "news", session: "s1", expiresAtS: NOW_S + 60 },
  ]);
  expect(server.logged.join()).not.toContain(token);
  expect(server.logged.join()).not.toContain(API_KEY);

  const wrong = async (body: unknown) => (await server.post("/tokens", authorization, body)).text;
  expect(await wrong({ stream: "none" })).toBe('There is no stream "none".\n');
  expect(await wrong({})).toMatch(/^The request is wrong: .*stream/);
  expect(await wrong({ stream: "news", seconds: 9_999 })).toMatch(
    /seconds: expected 1 to 3600, got 9999\.\n$/,
  );
  expect(await wrong({ stream: "news", session: "a b" })).toMatch(/session: expected 1 to 128/);
  expect(await wrong("{nonsense")).toBe("The request cannot be understood.\n");
  expect(await wrong({ stream: "news", padding: "x".repeat(10_000) })).toBe(
    "The request's body is too large.\n",
  );
});

test("who guesses API keys is slowed down", async () => {
  await using server = await serve();
  const guess = async (key: string) => {
    const { status, headers } = await server.post(
      "/tokens",
      { Authorization: `Bearer ${key}` },
      { stream: "news" },
    );
    return [status, headers.get("retry-after")];
  };
  for (let tries = 0; tries < 5; tries += 1) expect(await guess("wrong")).toEqual([401, null]);
  expect(await guess("wrong")).toEqual([429, "5"]);
  expect(await guess(API_KEY)).toEqual([429, "5"]);
  server.advance(5_000);
  expect(await guess(API_KEY)).toEqual([201, null]);
});

test("tokens are issued at a bounded rate", async () => {
  const folder = await temporaryFolder();
  await using _ = folder;
  const { keyFile, apiKeyFile } = await makeAccessKeys(folder.path);
  await using server = await serve(
    { access: "private" },
    { access: { keyFile, apiKeyFile, tokensPerSecond: 2 } },
  );
  const authorization = { Authorization: `Bearer ${API_KEY}` };
  const statuses = [];
  for (let calls = 0; calls < 3; calls += 1) {
    statuses.push((await server.post("/tokens", authorization, { stream: "news" })).status);
  }
  expect(statuses).toEqual([201, 201, 429]);
});

test("a bucket never gives more than its burst and its rate allow, and says truly when to come back", () => {
  fc.assert(
    fc.property(
      fc.record({ perSecond: fc.integer({ min: 1, max: 50 }), burst: fc.integer({ min: 1, max: 20 }) }),
      fc.array(fc.nat({ max: 2_000 }), { maxLength: 60 }),
      (limit, gapsMs) => {
        let [bucket, nowMs, taken] = [undefined as Parameters<typeof takeOne>[0], 0, 0];
        for (const gapMs of gapsMs) {
          nowMs += gapMs;
          const { bucket: next, waitMs } = takeOne(bucket, limit, nowMs);
          if (waitMs === 0) taken += 1;
          else expect(takeOne(next, limit, nowMs + waitMs + 0.001).waitMs).toBe(0);
          bucket = next;
          expect(taken).toBeLessThanOrEqual(limit.burst + (nowMs / 1000) * limit.perSecond + 1e-6);
        }
      },
    ),
  );
});

test("with a list of pages, only they may load the stream", async () => {
  await using server = await serve({ allowedOrigins: ["https://video.example"] });
  const status = async (headers: Record<string, string>) =>
    (await server.get("news/master.m3u8", headers)).status;
  expect(await status({})).toBe(403);
  expect(await status({ Origin: "https://video.example" })).toBe(200);
  expect(await status({ Referer: "https://video.example/watch?v=1" })).toBe(200);
  expect(await status({ Origin: "https://evil.example", Referer: "https://video.example/" })).toBe(403);
  expect(await status({ Referer: "https://video.example.evil.example/" })).toBe(403);
  expect(await status({ Referer: "nonsense" })).toBe(403);
});

test("web origins can be allowed stream by stream", async () => {
  await using server = await serve(
    { corsOrigins: ["https://a.example"] },
    { corsOrigins: ["https://b.example"] },
  );
  const allowed = async (stream: string, origin: string) =>
    (await server.get(`${stream}/master.m3u8`, { Origin: origin })).headers.get(
      "access-control-allow-origin",
    );
  expect(await allowed("news", "https://a.example")).toBe("https://a.example");
  expect(await allowed("news", "https://b.example")).toBeNull();
  expect(await allowed("open", "https://b.example")).toBe("https://b.example");
});

test("refusals are counted by stream and reason, and private streams are not listed", async () => {
  await using server = await serve();
  await server.get("news/master.m3u8");
  expect((await server.get("none/master.m3u8")).text).toBe('No stream "none". Known streams: open.\n');
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  expect(metrics).toContain(`${ORIGIN_METRICS.viewersRefused}{stream="news",reason="missing"} 1`);
});

test("at start it is said who may watch what", async () => {
  await using server = await serve();
  const messages = server.logged
    .map((line) => JSON.parse(line))
    .map(({ stream, msg }) => `${stream}: ${msg}`);
  expect(messages).toEqual([
    "news: private: viewers need an access token",
    "open: public: whoever reaches this origin may watch it",
  ]);
});

test("key files that cannot be trusted or used stop the start", async () => {
  await using folder = await temporaryFolder();
  await writeFiles(folder.path, programmeFiles({ low: [2] }));
  const { keyFile, apiKeyFile } = await makeAccessKeys(folder.path);
  const streams = { news: { kind: "folder", folder: folder.path, access: "private" } } as const;
  const start = async (access?: OriginOptions["access"]) => {
    const origin = createOrigin({ port: 0, streams, ...(access && { access }) });
    await origin.listen().finally(() => origin.close());
  };
  await expect(start()).rejects.toThrow("streams.news.access: a private stream needs access.keyFile");
  await chmod(keyFile, 0o644);
  await expect(start({ keyFile })).rejects.toThrow(
    /^access\.keyFile: every user .* \(mode 644\); run: chmod 600 /,
  );
  await chmod(keyFile, 0o600);
  await expect(start({ keyFile: apiKeyFile })).rejects.toThrow(/^access\.keyFile: .*expected a JWK/);
  await expect(start({ keyFile: "/nowhere" })).rejects.toThrow("access.keyFile: cannot read /nowhere");
});

test("the tokens it issues are those that trackers accept", async () => {
  await using server = await serve();
  const { text } = await server.post("/tokens", { Authorization: `Bearer ${API_KEY}` }, { stream: "news" });
  const { d: _, ...half } = JSON.parse(await readFile(server.keys.keyFile, "utf8"));
  const keys = await parseAccessKeys(JSON.stringify(half));
  const verify = createTokenVerifier({ keys, clock: () => NOW_S * 1000 });
  expect(await verify(JSON.parse(text).token, parseStreamName("news"))).toMatchObject({
    expiresAtS: NOW_S + 300,
  });
});

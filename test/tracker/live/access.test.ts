import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { createTracker, type TrackerOptions } from "../../../tracker/index.js";

const ADMIN = "an-admin-token-of-a-test";

async function listen(options: TrackerOptions = {}) {
  const tracker = createTracker({ port: 0, adminToken: ADMIN, ...options });
  const { port } = await tracker.listen();
  const ask = async (path: string, headers: Record<string, string> = {}) => {
    const asked = request({
      host: "127.0.0.1",
      port,
      path,
      headers: { Host: `localhost:${port}`, ...headers },
    });
    asked.end();
    const [response] = await once(asked, "response");
    response.destroy();
    return { status: response.statusCode as number, headers: response.headers as Record<string, string> };
  };
  return { port, ask, [Symbol.asyncDispose]: () => tracker.close() };
}

test("who is on the tracker's machine sees the live page's figures without a token", async () => {
  await using server = await listen();
  for (const host of ["localhost", "127.0.0.1", "127.8.8.8", `[::1]:${server.port}`]) {
    expect((await server.ask("/live/swarm", { Host: host })).status, host).toBe(200);
  }
});

test.each([
  ["a name that was made to point here", { Host: "evil.example" }],
  ["a name that only begins like this machine's", { Host: "localhost.evil.example" }],
  ["a host that is no authority", { Host: "evil.example/@localhost" }],
  ["a proxy that names its client", { "X-Forwarded-For": "127.0.0.1" }],
  ["a proxy that names itself", { Via: "1.1 proxy" }],
  ["a wrong token", { "X-Real-IP": "127.0.0.1", Authorization: "Bearer another-token-of-a-test" }],
])("%s does not get in", async (_, headers) => {
  await using server = await listen();
  for (const path of ["/live/swarm", "/live/events"]) {
    expect((await server.ask(path, headers)).status).toBe(401);
    const admin = { ...headers, Authorization: `Bearer ${ADMIN}` };
    expect((await server.ask(path, admin)).status).toBe(200);
  }
});

test("HTTP 1.0, which browsers do not speak and proxies do, does not get in", async () => {
  await using server = await listen();
  const socket = connect(server.port, "127.0.0.1");
  socket.write("GET /live/swarm HTTP/1.0\r\nHost: localhost\r\n\r\n");
  const [answer] = await once(socket, "data");
  expect(String(answer)).toMatch(/^HTTP\/1\.1 401 /);
  socket.destroy();
});

test.each([
  { trustedProxies: ["127.0.0.0/8"] },
  { trustedProxies: ["::1"] },
  { publicUrl: "https://tracker.example/" },
])("a tracker that stands behind a proxy of its machine, by %j, asks everybody", async (options) => {
  await using server = await listen(options);
  expect((await server.ask("/live/swarm")).status).toBe(401);
});

test("without an admin token nobody gets in from elsewhere, and being here does not show addresses", async () => {
  await using server = await listen({ adminToken: undefined });
  expect((await server.ask("/live/swarm", { Host: "tracker.example" })).status).toBe(403);
  expect((await server.ask("/live/swarm")).status).toBe(200);
  expect((await server.ask("/live/swarm?addresses=1")).status).toBe(403);
});

test("the page may run its own script and nothing else, and is shown in no other page", async () => {
  await using server = await listen();
  expect(await server.ask("/live", { Host: "tracker.example" })).toMatchObject({
    status: 308,
    headers: { location: "live/" },
  });
  const { status, headers } = await server.ask("/live/", { Host: "tracker.example" });
  expect(status).toBe(200);
  const policy = headers["content-security-policy"];
  expect(policy).toContain("default-src 'none'; script-src 'self'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain("unsafe");
  expect(headers).toMatchObject({ "cache-control": "no-store", "x-content-type-options": "nosniff" });
});

test("a stream's name that cannot be one is refused", async () => {
  await using server = await listen();
  for (const path of ["/live/events", "/live/swarm"]) {
    expect((await server.ask(`${path}?stream=%22%3E%3Cimg%3E`)).status).toBe(400);
    expect((await server.ask(`${path}?stream=a&stream=b`)).status).toBe(400);
  }
});

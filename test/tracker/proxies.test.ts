import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, test, vi } from "vitest";
import { freePort } from "../../loadtest/bench/free-port.js";
import { encodeReport, parseJoin, parseStreamName, type Report } from "../../player/protocol/index.js";
import { createTracker, TRACKER_METRICS } from "../../tracker/index.js";
import { makeCertificate, type TestCertificate } from "../support/certificate.js";
import { Nginx } from "../support/nginx.js";
import { requireProgram } from "../support/program.js";
import { Redis } from "../support/redis.js";
import { announce, answer, id, offer } from "../support/tracker-messages.js";
import { metricValue } from "../support/tracker-metrics.js";
import { RawClient } from "../support/tracker-raw-client.js";
import { reportOf } from "../support/tracker-reports.js";

// Other programs are started, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

interface Ports {
  readonly proxy: number;
  readonly t1: number;
  readonly t2: number;
}

type Start = (ports: Ports, certificate: TestCertificate, work: string) => Promise<AsyncDisposable>;

/** The configuration that is published, with nothing but ports and files of the test's. */
async function published(file: string, changes: readonly (readonly [string, string])[]): Promise<string> {
  let config = await readFile(new URL(`../../tracker/${file}`, import.meta.url), "utf8");
  for (const [from, to] of changes) {
    expect(config).toContain(from);
    config = config.replaceAll(from, to);
  }
  return config;
}

const startNginx: Start = async ({ proxy, t1, t2 }, { certFile, keyFile }, work) => {
  const config = await published("nginx.conf", [
    ["listen 443 ssl;", `listen 127.0.0.1:${proxy} ssl;`],
    ["listen [::]:443 ssl;", ""],
    ["/etc/ssl/tracker.example.pem", certFile],
    ["/etc/ssl/tracker.example.key", keyFile],
    ["127.0.0.1:8001", `127.0.0.1:${t1}`],
    ["127.0.0.1:8002", `127.0.0.1:${t2}`],
  ]);
  return await Nginx.startWith(proxy, config, work);
};

const startHaproxy: Start = async ({ proxy, t1, t2 }, { bothFile }, work) => {
  const file = join(work, "haproxy.cfg");
  const config = await published("haproxy.cfg", [
    ["maxconn 100000", "maxconn 100"],
    ["inter 1s", "inter 100ms"],
    ["bind :443 ssl crt /etc/haproxy/tracker.example.pem", `bind 127.0.0.1:${proxy} ssl crt ${bothFile}`],
    ["127.0.0.1:8001", `127.0.0.1:${t1}`],
    ["127.0.0.1:8002", `127.0.0.1:${t2}`],
  ]);
  await writeFile(file, config);
  const child = spawn(requireProgram("haproxy"), ["-db", "-f", file], { stdio: "ignore" });
  await listening(proxy, child);
  const stop = async () => {
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  };
  return { [Symbol.asyncDispose]: stop };
};

async function listening(port: number, child: ChildProcess): Promise<void> {
  for (;;) {
    const socket = connect(port, "127.0.0.1");
    const isOpen = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return;
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Two trackers behind a proxy. Viewers are at 127.0.0.2 and up, which is not an address of the proxy. */
async function stack(start: Start, { drainMs = 0 } = {}) {
  const certificate = await makeCertificate();
  const redis = await Redis.start();
  const work = await mkdtemp(join(tmpdir(), "nearcast-proxy-"));
  const ports = { proxy: await freePort(), t1: await freePort(), t2: await freePort() };
  const trackers = (["t1", "t2"] as const).map((name) =>
    createTracker({
      port: ports[name],
      publicUrl: `https://127.0.0.1:${ports.proxy}/${name}/`,
      trustedProxies: ["127.0.0.1"],
      maxSocketsPerAddress: 2,
      redis: redis.url,
      nodeHeartbeatMs: 250,
      drainMs: name === "t1" ? drainMs : 0,
    }),
  );
  await Promise.all(trackers.map((tracker) => tracker.listen()));
  await Promise.all(
    trackers.map((tracker) =>
      expect.poll(() => metricValue(tracker, TRACKER_METRICS.nodes), { timeout: 20_000 }).toBe(2),
    ),
  );
  const proxy = await start(ports, certificate, work);
  const from = { ca: certificate.pem };
  const get = async (path: string, localAddress = "127.0.0.2") => {
    const asked = request({ ...from, host: "127.0.0.1", port: ports.proxy, path, localAddress }).end();
    const [response] = await once(asked, "response");
    return { status: response.statusCode as number, body: await text(response) };
  };
  const joined = async (stream: string, session = "session-1") => {
    const { body } = await get(`/join?stream=${stream}&session=${session}`);
    return parseJoin(JSON.parse(body), `https://127.0.0.1:${ports.proxy}/join`);
  };
  const report = async (url: string, content: Report) => {
    const headers = { "Content-Type": "text/plain" };
    const posted = request(url, { ...from, method: "POST", headers, localAddress: "127.0.0.2" });
    posted.end(encodeReport(content));
    const [response] = await once(posted, "response");
    response.resume();
    return response.statusCode as number;
  };
  const counted = async (name: string, labels = {}) => {
    const values = await Promise.all(trackers.map((tracker) => metricValue(tracker, name, labels)));
    return values.reduce((sum, value) => sum + value);
  };
  const socket = (url: string, localAddress: string, forwarded?: string) =>
    RawClient.connect(url, {
      ...from,
      localAddress,
      headers: forwarded === undefined ? {} : { "X-Forwarded-For": forwarded },
    });
  const close = async () => {
    await proxy[Symbol.asyncDispose]();
    await Promise.all(trackers.map((tracker) => tracker.close()));
    await redis[Symbol.asyncDispose]();
    await certificate[Symbol.asyncDispose]();
    await rm(work, { recursive: true });
  };
  const url = `wss://127.0.0.1:${ports.proxy}/announce`;
  return { trackers, url, get, joined, report, counted, socket, [Symbol.asyncDispose]: close };
}

describe.each([
  ["nginx", startNginx],
  ["HAProxy", startHaproxy],
])("behind %s with the configuration that is published", (_name, start) => {
  test("viewers join, are sent to their tracker, and meet", async () => {
    await using service = await stack(start);
    const streams = Array.from({ length: 12 }, (_, number) => `stream-${number}`);
    const told = await Promise.all(
      streams.map(async (stream) => (await service.joined(stream)).announce[0] ?? ""),
    );
    expect(new Set(told.map((url) => new URL(url).pathname))).toEqual(
      new Set(["/t1/announce", "/t2/announce"]),
    );
    const [url = ""] = told;
    await using alice = await service.socket(url, "127.0.0.2");
    // Without having joined, and wherever that leads.
    await using bob = await service.socket(`${service.url}?stream=stream-0`, "127.0.0.3");
    await alice.ask(announce(id("s"), id("a")));
    await bob.ask(announce(id("s"), id("b"), { offers: [offer(id("1"))] }));
    expect(await alice.next()).toMatchObject({ peer_id: id("b"), offer_id: id("1") });
    alice.send(answer(id("s"), id("a"), id("b"), id("1")));
    expect(await bob.next()).toMatchObject({ peer_id: id("a"), answer: { type: "answer" } });
  });

  test("a viewer and each of its reports count once, whichever tracker is asked", async () => {
    await using service = await stack(start);
    const streams = Array.from({ length: 12 }, (_, number) => `stream-${number}`);
    const viewers = streams.flatMap((stream) => ["one", "two"].map((session) => ({ stream, session })));
    const paths = new Set<string>();
    for (const { stream, session } of viewers) {
      const { reports } = await service.joined(stream, `session-${session}`);
      paths.add(new URL(reports.url).pathname);
      // The last one again, as a page sends it that has got no answer.
      for (const sequence of [0, 1, 2, 2]) {
        const report = reportOf(`session-${session}`, { stream: parseStreamName(stream), sequence });
        expect(await service.report(reports.url, report)).toBe(200);
      }
    }
    expect(paths).toEqual(new Set(["/t1/reports", "/t2/reports"]));
    expect(await service.counted(TRACKER_METRICS.reports, { result: "new" })).toBe(3 * viewers.length);
    expect(await service.counted(TRACKER_METRICS.reports, { result: "repeated" })).toBe(viewers.length);
    // Both trackers say so: they are asked by turns.
    for (let turn = 0; turn < 4; turn++) {
      const told = async () => (await service.joined("stream-0", "session-one")).policy.viewers;
      await expect.poll(told, { timeout: 8000 }).toBe(2);
    }
  });

  test("the proxy's word about an address counts, the viewer's own does not", async () => {
    await using service = await stack(start);
    const url = service.url.replace("/announce", "/t1/announce");
    await using _one = await service.socket(url, "127.0.0.2", "8.8.8.8");
    await using _two = await service.socket(url, "127.0.0.2", "9.9.9.9, 127.0.0.1");
    await expect(service.socket(url, "127.0.0.2", "1.1.1.1")).rejects.toThrow("429");
    await using elsewhere = await service.socket(url, "127.0.0.3", "127.0.0.2");
    expect(await elsewhere.ask(announce(id("s"), id("a")))).toMatchObject({ incomplete: 1 });
  });

  test("what operators ask for is not for viewers", async () => {
    await using service = await stack(start);
    for (const path of [
      "/metrics",
      "/policy",
      "/streams",
      "/explain?address=8.8.8.8",
      "/readyz",
      "/t1/metrics",
    ])
      expect((await service.get(path)).status).toBe(404);
  });

  test("while one tracker stops, newcomers get to the other", async () => {
    await using service = await stack(start, { drainMs: 1500 });
    const [stopping] = service.trackers;
    const left = await service.socket(service.url.replace("/announce", "/t1/announce"), "127.0.0.2");
    await left.ask(announce(id("s"), id("a")));
    const closed = stopping?.close();
    let hasClosed = false;
    void closed?.then(() => {
      hasClosed = true;
    });
    for (let number = 0; !hasClosed || number < 3; number++) {
      expect((await service.get(`/join?stream=stream-${number}&session=session-1`)).status).toBe(200);
      for (const path of ["/announce", "/t1/announce", "/t2/announce"]) {
        const url = service.url.replace("/announce", path);
        const peer = `${number}${path}`.padEnd(20, "-").slice(0, 20);
        const introduced = async () => {
          await using client = await service.socket(url, `127.0.1.${(number % 200) + 1}`);
          return await client.ask(announce(id("s"), peer));
        };
        // Who has come in at the tracker's last moment is told to go, and comes again.
        const told = await introduced().catch((error) => {
          expect(error).toMatchObject({ code: 1001 });
          return introduced();
        });
        expect(told).toHaveProperty("incomplete");
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(await left.closed).toBe(1001);
  });
});

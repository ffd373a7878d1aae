import { Writable } from "node:stream";
import { pino } from "pino";
import { expect, test } from "vitest";
import { createTracker } from "../../tracker/index.js";
import { announce, answer, id, offer } from "../support/tracker-messages.js";
import { RawClient } from "../support/tracker-raw-client.js";
import { postReport, reportOf } from "../support/tracker-reports.js";
import { keyFile, token } from "../support/tracker-tokens.js";
import { upgradeStatus } from "../support/upgrade-status.js";

test("whatever viewers do, logs of every level have no address, session, token, peer id or info hash in them", async () => {
  let log = "";
  const sink = new Writable({
    write(chunk, _encoding, done) {
      log += chunk;
      done();
    },
  });
  await using tracker = createTracker({
    port: 0,
    logger: pino({ level: "trace" }, sink),
    accessKeys: await keyFile(),
    trustedProxies: ["loopback"],
    maxSocketsPerAddress: 3,
    maxBadFrames: 3,
    announceBurst: 2,
  });
  const { url, port } = await tracker.listen();
  const base = `http://127.0.0.1:${port}/`;
  const viewers = ["81.2.69.142", "2001:db8:85a3::8a2e:370:7334", "192.168.77.66"];
  const tokens = await Promise.all(
    viewers.map((_, at) => token({ session: `session-of-${at}-kept-secret` })),
  );
  const connect = (at: number) =>
    RawClient.connect(`${url}?stream=news&token=${tokens[at]}`, {
      headers: { "X-Forwarded-For": viewers[at] ?? "" },
    });
  const sdp = `v=0\r\na=candidate:1 1 udp 1 ${viewers[0]} 50000 typ host`;
  await using alice = await connect(0);
  await using bob = await connect(1);
  await alice.ask(announce(id("s"), id("a")));
  await bob.ask(announce(id("s"), id("b"), { offers: [offer(id("1"), sdp)] }));
  await alice.next();
  alice.send(answer(id("s"), id("a"), id("b"), id("1")));
  await bob.next();
  for (const wrong of [
    announce(id("s"), id("b")),
    announce(id("s"), id("a"), { event: "stopped", peer_id: id("b") }),
    announce(id("s"), id("a"), { offers: [offer(id("2"), `${sdp}\r\nm=audio ${viewers[0]}`)] }),
    answer(id("s"), id("a"), id("b"), id("9")),
    { action: "scrape", info_hash: id("z") },
    `nonsense of ${viewers[0]}`,
    `{"action":"announce","info_hash":"${viewers[1]}"}`,
    Buffer.from(viewers[0] ?? ""),
  ])
    alice.send(wrong);
  await alice.closed;
  for (const forged of ["nonsense", `${tokens[0]}x`, ""])
    await upgradeStatus(`${url}?stream=news&token=${forged}`, { "X-Forwarded-For": viewers[2] ?? "" });
  for (const [at, address] of viewers.entries()) {
    const peers = [{ peer: id("b"), segments: 1 }];
    const report = reportOf(`session-of-${at}-kept-secret`, { integrity: { failures: 1, peers } });
    await postReport(base, report, address, tokens[at]);
    await postReport(base, `{"stream":"${address}"}`, address, tokens[at]);
    await fetch(new URL("join?stream=news", base), {
      headers: { Authorization: `Bearer ${tokens[at]}`, "X-Forwarded-For": address },
    });
  }
  await tracker.close();

  // It has said something: that it listens, what it has refused, that a peer is in quarantine, that it is closed.
  expect(log.trim().split("\n").length).toBeGreaterThan(6);
  expect(log).toContain("a peer sends wrong bytes");
  const secrets = [...viewers, ...tokens, "kept-secret", ...["a", "b", "s", "z", "1", "2", "9"].map(id)];
  for (const secret of secrets) expect(log).not.toContain(secret);
});

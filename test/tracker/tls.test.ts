import { once } from "node:events";
import { copyFile, writeFile } from "node:fs/promises";
import { connect, type PeerCertificate } from "node:tls";
import { expect, test } from "vitest";
import { createTracker } from "../../tracker/index.js";
import { makeCertificate } from "../support/certificate.js";
import { announce, id } from "../support/tracker-messages.js";
import { RawClient } from "../support/tracker-raw-client.js";

async function shownCertificate(port: number): Promise<PeerCertificate> {
  const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const certificate = socket.getPeerCertificate();
  socket.destroy();
  return certificate;
}

test("with a certificate it serves wss:, and shows a renewed one without losing anybody", async () => {
  await using first = await makeCertificate("first");
  await using renewed = await makeCertificate("renewed");
  await using tracker = createTracker({ port: 0, tlsCert: first.certFile, tlsKey: first.keyFile });
  const { url, port } = await tracker.listen();
  expect(url).toBe(`wss://127.0.0.1:${port}/announce`);
  await using client = await RawClient.connect(url, { ca: first.pem });
  expect(await client.ask(announce(id("s"), id("a")))).toMatchObject({ incomplete: 1 });

  await Promise.all([copyFile(renewed.certFile, first.certFile), copyFile(renewed.keyFile, first.keyFile)]);
  expect((await shownCertificate(port)).subject.CN).toBe("first");
  await tracker.reload();
  expect((await shownCertificate(port)).subject.CN).toBe("renewed");
  expect(await client.ask(announce(id("s"), id("a")))).toMatchObject({ incomplete: 1 });
});

test("a renewed certificate that is none changes nothing", async () => {
  await using certificate = await makeCertificate("good");
  const { certFile: tlsCert, keyFile: tlsKey } = certificate;
  await using tracker = createTracker({ port: 0, tlsCert, tlsKey });
  const { port } = await tracker.listen();
  await writeFile(tlsCert, "half a certificate");
  await expect(tracker.reload()).rejects.toThrow(/^tlsCert: expected a certificate and its key \(PEM\) in /);
  expect((await shownCertificate(port)).subject.CN).toBe("good");
});

test("half of what TLS needs is named before the tracker starts", async () => {
  expect(() => createTracker({ tlsCert: "cert.pem" })).toThrow(
    /^tlsKey: expected a file that belongs to cert\.pem/,
  );
  expect(() => createTracker({ tlsKey: "key.pem" })).toThrow(
    /^tlsCert: expected a file that belongs to key\.pem/,
  );
  await expect(
    createTracker({ port: 0, tlsCert: "/nowhere.pem", tlsKey: "/nowhere.key" }).listen(),
  ).rejects.toThrow(/^tlsCert: cannot read \/nowhere\.pem/);
});

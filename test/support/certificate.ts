import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { requireProgram } from "./program.js";

/** A certificate that nobody but the test trusts. */
export interface TestCertificate extends AsyncDisposable {
  readonly certFile: string;
  readonly keyFile: string;
  /** Both in one file, as HAProxy wants it. */
  readonly bothFile: string;
  readonly pem: string;
}

/** @param name of the subject; the certificate is for loopback addresses and `localhost`. */
export async function makeCertificate(name = "localhost"): Promise<TestCertificate> {
  const folder = await mkdtemp(join(tmpdir(), "nearcast-certificate-"));
  const [certFile, keyFile, bothFile] = ["cert.pem", "key.pem", "both.pem"].map((file) =>
    join(folder, file),
  ) as [string, string, string];
  const args = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=${name}`;
  await promisify(execFile)(requireProgram("openssl"), [
    ...args.split(" "),
    ...["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-out", certFile, "-keyout", keyFile],
  ]);
  const pem = await readFile(certFile, "utf8");
  await writeFile(bothFile, pem + (await readFile(keyFile, "utf8")));
  return { certFile, keyFile, bothFile, pem, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

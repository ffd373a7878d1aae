import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { afterEach, expect, test, vi } from "vitest";
import { parse, stringify } from "yaml";
import { JOBS } from "../../dashboards/jobs.js";
import { ALERTS } from "../../dashboards/rules/alerts.js";
import { freePort } from "../../loadtest/bench/free-port.js";
import { requireProgram } from "../support/program.js";
import { Prometheus } from "../support/prometheus.js";

interface Notification {
  readonly receiver: string;
  readonly alerts: readonly { readonly labels: Readonly<Record<string, string>> }[];
}

const atEnd: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of atEnd.splice(0).toReversed()) await stop();
});

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "nearcast-woken-"));
  atEnd.push(() => rm(made, { recursive: true }));
  return made;
}

async function program(name: string, args: readonly string[]): Promise<void> {
  const child: ChildProcess = spawn(requireProgram(name), args, { stdio: "ignore" });
  atEnd.push(async () => {
    child.kill();
    if (child.exitCode === null) await once(child, "exit");
  });
}

/** A server of somebody who is called, and what it was told. */
async function called() {
  const notifications: Notification[] = [];
  const server = createHttpServer(async (request, response) => {
    const chunks = await request.toArray();
    notifications.push(JSON.parse(Buffer.concat(chunks).toString()) as Notification);
    response.end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  atEnd.push(() => server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { notifications, url: `http://127.0.0.1:${address.port}` };
}

/** The project's Alertmanager configuration, but with somebody to call, who is called at once. */
async function alertmanager(url: string): Promise<string> {
  const config = parse(await readFile("dashboards/alertmanager.yml", "utf8"));
  config.route.group_wait = "0s";
  for (const receiver of config.receivers) receiver.webhook_configs = [{ url }];
  const where = await folder();
  await writeFile(join(where, "alertmanager.yml"), stringify(config));
  const port = await freePort();
  await program("prometheus-alertmanager", [
    `--config.file=${join(where, "alertmanager.yml")}`,
    `--storage.path=${where}`,
    `--web.listen-address=127.0.0.1:${port}`,
    "--cluster.listen-address=",
  ]);
  return `127.0.0.1:${port}`;
}

/** The alert as it is, but without the time that it has to hold. */
function atOnce(name: string) {
  const rules = ALERTS.filter(({ alert }) => alert === name).map((rule) => ({ ...rule, for: "0s" }));
  expect(rules).toHaveLength(1);
  return { groups: [{ name: "now", interval: "1s", rules }] };
}

test("an origin that is down and a certificate that ends reach whoever is to be woken", async () => {
  const { notifications, url } = await called();
  const where = await folder();
  const [key, certificate] = [join(where, "key.pem"), join(where, "certificate.pem")];
  const subject = [
    "-subj",
    "/CN=localhost",
    "-days",
    "3",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
  ];
  execFileSync(
    requireProgram("openssl"),
    ["req", "-x509", "-nodes", ...subject, "-keyout", key, "-out", certificate],
    { stdio: "ignore" },
  );
  const tls = createTlsServer({ key: await readFile(key), cert: await readFile(certificate) });
  tls.listen(0, "127.0.0.1");
  await once(tls, "listening");
  atEnd.push(() => tls.close());
  const tlsAddress = tls.address();
  if (tlsAddress === null || typeof tlsAddress === "string") throw new Error("no port");
  const exporterPort = await freePort();
  await program("prometheus-blackbox-exporter", [
    "--config.file=dashboards/blackbox.yml",
    `--web.listen-address=127.0.0.1:${exporterPort}`,
  ]);
  const { scrape_configs: jobs } = parse(await readFile("dashboards/prometheus.yml", "utf8"));
  const watched = jobs.find((job: { job_name: string }) => job.job_name === JOBS.tls);
  delete watched.file_sd_configs;
  watched.static_configs = [{ targets: [`127.0.0.1:${tlsAddress.port}`] }];
  watched.relabel_configs.at(-1).replacement = `127.0.0.1:${exporterPort}`;
  const prometheus = await Prometheus.start(
    {
      global: { scrape_interval: "1s", evaluation_interval: "1s" },
      alerting: { alertmanagers: [{ static_configs: [{ targets: [await alertmanager(url)] }] }] },
      scrape_configs: [
        // Nothing has the port of tcpmux, while another test may come to have one that is free now.
        { job_name: JOBS.origin, static_configs: [{ targets: ["127.0.0.1:1"] }] },
        watched,
      ],
    },
    [atOnce("NearcastDown"), atOnce("NearcastCertificateExpires")],
  );
  atEnd.push(() => prometheus[Symbol.asyncDispose]());
  await vi.waitFor(
    () => {
      const woken = notifications.filter(({ receiver }) => receiver === "page");
      const names = woken.flatMap(({ alerts }) => alerts.map(({ labels }) => labels.alertname));
      expect(names).toContain("NearcastDown");
      expect(names).toContain("NearcastCertificateExpires");
    },
    { timeout: 50_000, interval: 200 },
  );
}, 60_000);

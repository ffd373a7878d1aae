import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../loadtest/bench/free-port.js";
import { requireProgram } from "./program.js";

export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [atS: number, value: string];
}

export interface EvaluatedRule {
  readonly name: string;
  readonly health: "ok" | "err" | "unknown";
  readonly lastError?: string;
}

/** A real Prometheus with its data in a folder of its own. */
export class Prometheus implements AsyncDisposable {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(url: string, child: ChildProcess, folder: string) {
    this.url = url;
    this.#child = child;
    this.#folder = folder;
  }

  /**
   * @param config as in prometheus.yml. @param rules what files of rules contain.
   * @param past samples that it has from before, in OpenMetrics' text format.
   */
  static async start(config: object, rules: readonly object[], past?: string): Promise<Prometheus> {
    const folder = await mkdtemp(join(tmpdir(), "nearcast-prometheus-"));
    const file = join(folder, "prometheus.yml");
    await writeFile(file, JSON.stringify({ ...config, rule_files: ["rules-*.yml"] }));
    for (const [index, content] of rules.entries())
      await writeFile(join(folder, `rules-${index}.yml`), JSON.stringify(content));
    if (past !== undefined) {
      const samples = join(folder, "past.txt");
      await writeFile(samples, past);
      const backfill = [
        "tsdb",
        "create-blocks-from",
        "openmetrics",
        "--quiet",
        samples,
        join(folder, "data"),
      ];
      execFileSync(requireProgram("promtool"), backfill);
    }
    const port = await freePort();
    const child = spawn(
      requireProgram("prometheus"),
      [
        `--config.file=${file}`,
        `--storage.tsdb.path=${join(folder, "data")}`,
        `--web.listen-address=127.0.0.1:${port}`,
        "--log.level=error",
      ],
      { stdio: ["ignore", "ignore", "inherit"] },
    );
    const prometheus = new Prometheus(`http://127.0.0.1:${port}`, child, folder);
    while (!(await fetch(`${prometheus.url}/-/ready`).catch(() => undefined))?.ok) {
      if (child.exitCode !== null) throw new Error(`prometheus ended with ${child.exitCode}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return prometheus;
  }

  /** @throws with Prometheus' own words where the expression is wrong. */
  async query(expr: string): Promise<readonly Sample[]> {
    const response = await fetch(`${this.url}/api/v1/query`, {
      method: "POST",
      body: new URLSearchParams({ query: expr }),
    });
    const answer = (await response.json()) as { error?: string; data?: { result: Sample[] } };
    if (answer.data === undefined) throw new Error(`${expr}: ${answer.error}`);
    return answer.data.result;
  }

  /** How the last evaluation of each rule went. */
  async rules(): Promise<readonly EvaluatedRule[]> {
    const response = await fetch(`${this.url}/api/v1/rules`);
    const { data } = (await response.json()) as { data: { groups: { rules: EvaluatedRule[] }[] } };
    return data.groups.flatMap(({ rules }) => rules);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null) {
      const exited = once(this.#child, "exit");
      this.#child.kill("SIGTERM");
      await exited;
    }
    await rm(this.#folder, { recursive: true });
  }
}

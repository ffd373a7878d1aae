import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { requireProgram } from "./program.js";

/** Real nginx; it can be stopped and started at one port. */
export class Nginx {
  readonly url: string;
  readonly #conf: string;
  readonly #port: number;
  #child: ChildProcess | undefined;

  private constructor(port: number, conf: string) {
    this.#port = port;
    this.#conf = conf;
    this.url = `http://127.0.0.1:${port}`;
  }

  /** Serves a folder. @param work a folder for its own files, which is not served. */
  static start(port: number, served: string, work: string): Promise<Nginx> {
    return Nginx.startWith(
      port,
      `access_log ${join(work, "access.log")}; sendfile on; default_type application/octet-stream;
       server { listen 127.0.0.1:${port}; root ${served}; }`,
      work,
    );
  }

  /** @param http what its configuration has for HTTP; it must listen at the port. @param work a folder for its own files. */
  static async startWith(port: number, http: string, work: string): Promise<Nginx> {
    await mkdir(work, { recursive: true });
    const conf = join(work, "nginx.conf");
    const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => {
      return `${name}_temp_path ${join(work, name)};`;
    });
    await writeFile(
      conf,
      `worker_processes 1; daemon off; pid ${join(work, "pid")}; error_log ${join(work, "error.log")}; user root;
       events { worker_connections 256; }
       http { ${paths.join(" ")} ${http} }`,
    );
    const nginx = new Nginx(port, conf);
    await nginx.start();
    return nginx;
  }

  async start(): Promise<void> {
    this.#child = spawn(requireProgram("nginx"), ["-c", this.#conf], { stdio: "ignore" });
    for (;;) {
      const response = await fetch(`http://127.0.0.1:${this.#port}/`).catch(() => undefined);
      await response?.arrayBuffer();
      if (response) return;
      if (this.#child.exitCode !== null) throw new Error(`nginx ended with ${this.#child.exitCode}`);
    }
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null) return;
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    await exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

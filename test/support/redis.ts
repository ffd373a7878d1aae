import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "../../loadtest/bench/free-port.js";
import { requireProgram } from "./program.js";

/** A real redis-server that keeps nothing; on a port of its own that stays the same when it is started again. */
export class Redis implements AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly #more: readonly string[];
  #server: ChildProcess | undefined;

  private constructor(port: number, more: readonly string[]) {
    this.port = port;
    this.url = `redis://127.0.0.1:${port}`;
    this.#more = more;
  }

  /** @param more options of redis-server. */
  static async start(...more: readonly string[]): Promise<Redis> {
    const redis = new Redis(await freePort(), more);
    await redis.start();
    return redis;
  }

  async start(): Promise<void> {
    const options = ["--port", String(this.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
    this.#server = spawn(requireProgram("redis-server"), [...options, ...this.#more], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    for await (const chunk of this.#server.stdout ?? [])
      if (String(chunk).includes("Ready to accept")) return;
    throw new Error(`redis-server did not start on port ${this.port}`);
  }

  /** Like a machine that loses its power. */
  async kill(): Promise<void> {
    const exited = this.#server && once(this.#server, "exit");
    this.#server?.kill("SIGKILL");
    await exited;
    this.#server = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server !== undefined) await this.kill();
  }
}

/** A master with a replica, and a Sentinel that promotes the replica when the master is gone. */
export class RedisSentinel implements AsyncDisposable {
  readonly url: string;
  readonly master: Redis;
  readonly #others: readonly AsyncDisposable[];

  private constructor(url: string, master: Redis, others: readonly AsyncDisposable[]) {
    this.url = url;
    this.master = master;
    this.#others = others;
  }

  static async start(): Promise<RedisSentinel> {
    const folder = await mkdtemp(join(tmpdir(), "nearcast-sentinel-"));
    const master = await Redis.start();
    const replica = await Redis.start("--replicaof", "127.0.0.1", String(master.port));
    const port = await freePort();
    const file = join(folder, "sentinel.conf");
    const group = "nearcast";
    const lines = [
      ...[`port ${port}`, "bind 127.0.0.1", `dir ${folder}`],
      ...[`sentinel monitor ${group} 127.0.0.1 ${master.port} 1`],
      ...[`sentinel down-after-milliseconds ${group} 300`, `sentinel failover-timeout ${group} 2000`],
    ];
    await writeFile(file, lines.join("\n"));
    const sentinel = spawn(requireProgram("redis-server"), [file, "--sentinel"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    // It may only be asked to promote replicas that it has heard of.
    for await (const chunk of sentinel.stdout) if (String(chunk).includes("+slave ")) break;
    const stop = async () => {
      const exited = once(sentinel, "exit");
      sentinel.kill("SIGKILL");
      await exited;
      await rm(folder, { recursive: true });
    };
    const others = [{ [Symbol.asyncDispose]: stop }, replica];
    return new RedisSentinel(`redis+sentinel://127.0.0.1:${port}/${group}`, master, others);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const one of [...this.#others, this.master]) await one[Symbol.asyncDispose]();
  }
}

/** A Redis Cluster of three masters. */
export class RedisCluster implements AsyncDisposable {
  readonly url: string;
  readonly #nodes: readonly Redis[];
  readonly #folder: string;

  private constructor(nodes: readonly Redis[], folder: string) {
    this.url = `redis+cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(",")}`;
    this.#nodes = nodes;
    this.#folder = folder;
  }

  static async start(): Promise<RedisCluster> {
    const folder = await mkdtemp(join(tmpdir(), "nearcast-redis-cluster-"));
    const nodes: Redis[] = [];
    for (const name of ["one", "two", "three"]) {
      // The bus would be at a port of its own, above what there is for high ports.
      const options = ["--cluster-enabled", "yes", "--cluster-config-file", join(folder, name)];
      nodes.push(await Redis.start(...options, "--cluster-port", String(await freePort())));
    }
    const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
    await promisify(execFile)(requireProgram("redis-cli"), [
      "--cluster",
      "create",
      ...addresses,
      "--cluster-yes",
    ]);
    return new RedisCluster(nodes, folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const node of this.#nodes) await node[Symbol.asyncDispose]();
    await rm(this.#folder, { recursive: true });
  }
}

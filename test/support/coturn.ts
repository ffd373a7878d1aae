import { type ChildProcess, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../loadtest/bench/free-port.js";
import { requireProgram } from "./program.js";

/** RFC 8489, section 5: a binding request without attributes. */
const BINDING_REQUEST = Buffer.from("000100002112a442000000000000000000000000", "hex");

/** A real TURN server on loopback that knows users by a shared secret. */
export class Coturn implements AsyncDisposable {
  readonly url: string;
  readonly #port: number;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(port: number, child: ChildProcess, folder: string) {
    this.url = `turn:127.0.0.1:${port}?transport=udp`;
    this.#port = port;
    this.#child = child;
    this.#folder = folder;
  }

  static async start(secret: string): Promise<Coturn> {
    const folder = await mkdtemp(join(tmpdir(), "nearcast-coturn-"));
    const port = await freePort();
    const options = [
      ...["-n", "--use-auth-secret", `--static-auth-secret=${secret}`, "--realm=nearcast.example"],
      ...[`--listening-port=${port}`, "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1"],
      ...["--no-tls", "--no-dtls", "--no-cli", "--allow-loopback-peers", "--log-file=stdout"],
      ...[`--pidfile=${join(folder, "pid")}`, `--userdb=${join(folder, "db")}`],
    ];
    const child = spawn(requireProgram("turnserver"), options, { stdio: "ignore" });
    const coturn = new Coturn(port, child, folder);
    await coturn.#answers();
    return coturn;
  }

  /** Relays some messages between two clients of one user. @returns what the client says, and whether all arrived. */
  async relay(username: string, credential: string): Promise<{ isRelayed: boolean; output: string }> {
    const args = [
      "-y",
      "-c",
      "-n",
      "2",
      "-m",
      "1",
      "-u",
      username,
      "-w",
      credential,
      "-p",
      String(this.#port),
    ];
    const client = spawn(requireProgram("turnutils_uclient"), [...args, "127.0.0.1"], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [client.stdout, client.stderr])
      stream.on("data", (chunk) => {
        output += chunk;
      });
    const [code] = await once(client, "close");
    return { isRelayed: code === 0 && /Total lost packets 0 /.test(output), output };
  }

  async #answers(): Promise<void> {
    const socket = createSocket("udp4");
    const answered = once(socket, "message").then(() => true);
    for (;;) {
      socket.send(BINDING_REQUEST, this.#port, "127.0.0.1");
      if (await Promise.race([answered, sleep(50, false)])) break;
      if (this.#child.exitCode !== null) throw new Error(`turnserver ended with ${this.#child.exitCode}`);
    }
    socket.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null) {
      const exited = once(this.#child, "exit");
      this.#child.kill("SIGKILL");
      await exited;
    }
    await rm(this.#folder, { recursive: true });
  }
}

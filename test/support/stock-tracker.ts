import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** What `npm run build` made of the bench's server process. */
const SERVER = fileURLToPath(new URL("../../dist/loadtest/bench/tracker/server-process.js", import.meta.url));

/** bittorrent-tracker's own server, in a process of its own because clients can end it. */
export async function startStockTracker() {
  const server = fork(SERVER, ["stock"], { stdio: ["ignore", "ignore", "ignore", "ipc"] });
  const exited = once(server, "exit").then(([code]) => code as number | null);
  server.send({ settle: false });
  const [{ url }] = (await once(server, "message")) as [{ url: string }];
  const stop = async () => {
    server.kill("SIGKILL");
    await exited;
  };
  return { url, exited, [Symbol.asyncDispose]: stop };
}

import { availableParallelism } from "node:os";
import { ViewerHost } from "./viewer-host.js";

/** So many viewers are no load for one process; more are shared out among the cores. */
const VIEWERS_PER_PROCESS = 25;

/** The processes that a run's viewers live in. */
export interface ViewerHosts extends AsyncDisposable {
  of(viewer: number): ViewerHost;
  /** The longest that one of them has stood still so far. */
  readonly heldUpMs: number;
}

/**
 * Starts processes that share all viewers among them.
 *
 * @param namespace of the network, which they live in; this machine's own where that is not given.
 * @throws {BenchError} where one does not start.
 */
export async function startViewerHosts(viewers: number, namespace?: string): Promise<ViewerHosts> {
  const processes = Math.min(availableParallelism(), Math.ceil(viewers / VIEWERS_PER_PROCESS));
  const hosts: ViewerHost[] = [];
  const dispose = async () => {
    await Promise.all(hosts.map((host) => host[Symbol.asyncDispose]()));
  };
  try {
    const starts = Array.from({ length: processes }, async () => {
      hosts.push(await ViewerHost.start(namespace));
    });
    const failed = (await Promise.allSettled(starts)).find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    of: (viewer) => hosts[viewer % hosts.length] as ViewerHost,
    get heldUpMs() {
      return Math.max(...hosts.map(({ heldUpMs }) => heldUpMs));
    },
    [Symbol.asyncDispose]: dispose,
  };
}

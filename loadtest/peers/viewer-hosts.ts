import { availableParallelism } from "node:os";
import { ViewerHost } from "./viewer-host.js";

/** So many viewers are no load for one process; more are shared out among the cores. */
const VIEWERS_PER_PROCESS = 25;
/** More at a time would only wait for each other. */
const STARTS_AT_A_TIME = 2;

/** The processes that a run's viewers live in. */
export interface ViewerHosts extends AsyncDisposable {
  of(viewer: number): ViewerHost;
  /** The longest that one of them has stood still so far. */
  readonly heldUpMs: number;
}

/** Processes that share all viewers among them. */
export function startSharedHosts(viewers: number): Promise<ViewerHosts> {
  const processes = Math.min(availableParallelism(), Math.ceil(viewers / VIEWERS_PER_PROCESS));
  return startAll(Array.from({ length: processes }, () => undefined));
}

/** One process in each namespace, for one viewer. */
export function startHostsIn(namespaces: readonly string[]): Promise<ViewerHosts> {
  return startAll(namespaces);
}

async function startAll(namespaces: readonly (string | undefined)[]): Promise<ViewerHosts> {
  const hosts: ViewerHost[] = [];
  const dispose = async () => {
    await Promise.all(hosts.map((host) => host[Symbol.asyncDispose]()));
  };
  try {
    for (let at = 0; at < namespaces.length; at += STARTS_AT_A_TIME) {
      const some = namespaces
        .slice(at, at + STARTS_AT_A_TIME)
        .map((namespace) => ViewerHost.start(namespace));
      for (const start of await Promise.allSettled(some)) {
        if (start.status === "rejected") throw start.reason;
        hosts.push(start.value);
      }
    }
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

import { existsSync } from "node:fs";
import { register } from "node:module";

/** Makes this process look enough like a browser for p2p-media-loader's core; to be called before that is loaded. */
export function makeNodeABrowser(): void {
  const hooks = new URL("./pml-hooks.js", import.meta.url);
  // From the sources, as tests run them, the build's have to do: Node reads no TypeScript.
  register(existsSync(hooks) ? hooks : new URL("../../dist/loadtest/peers/pml-hooks.js", import.meta.url));
  // bittorrent-tracker's client then asks for no port: there is nothing that could be reached there.
  Object.defineProperty(process, "browser", { value: true, configurable: true });
  const scope = globalThis as { window?: unknown; navigator?: unknown; location?: unknown };
  scope.window ??= globalThis;
  // Pages that came over HTTPS may not use ws: trackers.
  scope.location ??= { protocol: "http:" };
  // Node 20 has none; it is asked whether it is Safari.
  scope.navigator ??= { userAgent: "Node" };
}

// Module hooks, run by Node in a thread of their own.
interface Resolved {
  readonly url: string;
}

interface Context {
  readonly parentURL?: string;
}

const PML_ENTRY = "/p2p-media-loader-core/lib/index.js";
const WEBRTC_ENTRY = "/webrtc-polyfill/index.js";
const OURS = "/peers/told-gathering.js";
const GATED_CLIENT = "../../player/pml/tracker-client.js";

export async function resolve(
  specifier: string,
  context: Context,
  nextResolve: (specifier: string, context: Context) => Promise<Resolved>,
): Promise<Resolved> {
  // As the bundles for browsers do it.
  const isTrackerClient = specifier === "bittorrent-tracker";
  const meant = isTrackerClient ? new URL(GATED_CLIENT, import.meta.url).href : specifier;
  const resolved = await nextResolve(meant, context);
  if (resolved.url.endsWith(PML_ENTRY)) return { ...resolved, url: partsOf(resolved.url) };
  if (resolved.url.endsWith(WEBRTC_ENTRY) && !context.parentURL?.endsWith(OURS)) {
    return { ...resolved, url: new URL("./told-gathering.js", import.meta.url).href };
  }
  return resolved;
}

/**
 * PML's entry re-exports a name of `debug`, which is CommonJS and has no such name in Node; bundlers do not mind. The
 * parts that the player uses are taken one by one instead.
 */
function partsOf(entry: string): string {
  const lib = entry.slice(0, -"index.js".length);
  const source = `export { Core } from ${JSON.stringify(`${lib}core.js`)};
export { generateStreamShortId } from ${JSON.stringify(`${lib}utils/stream.js`)};
export * from ${JSON.stringify(`${lib}types.js`)};`;
  return `data:text/javascript,${encodeURIComponent(source)}`;
}

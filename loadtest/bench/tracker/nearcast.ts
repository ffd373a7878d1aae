import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTokenIssuer, parseAccessKeys } from "../../../player/protocol/access-token.js";
import { parseStreamName } from "../../../player/protocol/index.js";
import { createTracker } from "../../../tracker/index.js";

const HOUR_S = 3600;
/** The longest that timers can be set to. */
const NEVER_MS = 2 ** 31 - 1;

/** What nodes that share one service have in common. */
export interface Sharing {
  /** URL of their Redis. */
  readonly redis: string;
  /** Of their tokens; base64url. */
  readonly secret: string;
}

export interface NearcastOptions {
  /** Absent where the tracker is by itself. */
  readonly sharing?: Sharing;
  /**
   * Whether silent sockets are pinged. With twenty thousand that is much work beside a few seconds' announces, and meets
   * some turns and not others. @default true
   */
  readonly pings?: boolean;
}

/**
 * Our tracker with the limits opened as far as one machine that plays all viewers needs.
 *
 * @returns where to announce, with a token for all viewers.
 */
export async function startNearcast({ sharing, pings = true }: NearcastOptions = {}): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "nearcast-bench-"));
  const accessKeys = join(folder, "keys.json");
  const secret =
    sharing?.secret ?? Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64url");
  const text = JSON.stringify({ kty: "oct", kid: "bench", k: secret });
  writeFileSync(accessKeys, text);
  const tracker = createTracker({
    port: 0,
    accessKeys,
    maxSockets: 100_000,
    announceIntervalMs: 600_000,
    peerTtlMs: NEVER_MS,
    ...(!pings && { heartbeatIntervalMs: NEVER_MS }),
    ...(sharing && { redis: sharing.redis }),
  });
  const { url } = await tracker.listen();
  rmSync(folder, { recursive: true });
  const [key] = (await parseAccessKeys(text)).values();
  if (key === undefined) throw new Error("The bench's key cannot be read.");
  const token = await createTokenIssuer({ key })({
    stream: parseStreamName("bench"),
    session: "viewer-1",
    expiresAtS: Math.round(Date.now() / 1000) + HOUR_S,
    tokenId: crypto.randomUUID(),
  });
  return `${url}?stream=bench&token=${token}`;
}

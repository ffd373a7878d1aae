import { createHmac } from "node:crypto";
import type { IceServer } from "../../player/protocol/index.js";

export interface TurnOptions {
  readonly stunUrls: readonly string[];
  readonly turnUrls: readonly string[];
  /** coturn's `static-auth-secret`. */
  readonly turnSecret?: string | undefined;
  readonly turnLifetimeS: number;
}

/**
 * ICE servers for one viewer. Credentials for TURN expire and need no account: the REST scheme of
 * draft-uberti-behave-turn-rest-00, which coturn calls `use-auth-secret`.
 */
export function iceServers(options: TurnOptions, viewer: { session: string; nowS: number }): IceServer[] {
  const { stunUrls, turnUrls, turnSecret, turnLifetimeS } = options;
  const servers: IceServer[] = [];
  if (stunUrls.length > 0) servers.push({ urls: stunUrls });
  if (turnUrls.length > 0 && turnSecret !== undefined) {
    const username = `${Math.floor(viewer.nowS) + turnLifetimeS}:${viewer.session}`;
    const credential = createHmac("sha1", turnSecret).update(username).digest("base64");
    servers.push({ urls: turnUrls, username, credential });
  }
  return servers;
}

import type { Express } from "express";
import { startStack } from "../../demo/stack.js";
import type { StreamConfig } from "../../origin/index.js";
import { parseStreamName } from "../../player/protocol/index.js";
import { AccessLog } from "../browsers/access-log.js";
import type { Stage } from "./stage.js";

export interface OwnStage extends Stage {
  /** The origin's address. */
  readonly url: string;
}

export interface OwnStageOptions {
  readonly stream: StreamConfig;
  /**
   * Address to listen on.
   * @default loopback
   */
  readonly host?: string | undefined;
  /** More pages on the origin's server. */
  readonly routes?: (app: Express) => void;
}

const STREAM = parseStreamName("loadtest");

/** Starts the project's own origin and tracker in this process. */
export async function openOwnStage({ stream, host, routes }: OwnStageOptions): Promise<OwnStage> {
  const log = new AccessLog();
  const stack = await startStack({
    originPort: 0,
    trackerPort: 0,
    streams: { [STREAM]: stream },
    onServed: log.add,
    ...(host !== undefined && { host }),
    ...(routes && { routes }),
  });
  return {
    url: stack.url,
    src: `${stack.url}/hls/${STREAM}/master.m3u8`,
    tracker: stack.trackerUrl,
    stream: STREAM,
    originLog: {
      get segmentBytes() {
        return log.segmentBytes(STREAM);
      },
      segments: (startedAtMs) => log.segments(STREAM, startedAtMs),
    },
    [Symbol.asyncDispose]: () => stack.close(),
  };
}

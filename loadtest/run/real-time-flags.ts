import { type Command, Option } from "commander";
import { FlagError } from "../../command-line/flags.js";
import { parseStreamName, type StreamName } from "../../player/protocol/index.js";
import { SHAPING_CHOICES, type ShapingChoice } from "../links/shaping.js";
import type { Scenario } from "../scenario/scenario.js";
import { address, streamName } from "./address-flags.js";
import type { GivenAddresses } from "./given-stage.js";

/** The flags that engines with real viewers take besides those of all. */
export interface RealTimeFlags {
  readonly shaping: ShapingChoice;
  /** Of a stream that is served already; the project's own origin and tracker are started where there is none. */
  readonly url?: string;
  readonly tracker?: string;
  readonly stream?: StreamName;
}

export const DEFAULT_REAL_TIME_FLAGS: RealTimeFlags = { shaping: "auto" };

/** Viewers of another name are not met, and so no real ones are, unless somebody asks for it. */
const DEFAULT_STREAM = parseStreamName("loadtest");

/** @param choices what the engine can do. */
export function addRealTimeFlags(choices: readonly ShapingChoice[] = SHAPING_CHOICES) {
  return (command: Command): Command =>
    command
      .option(
        "--url <address>",
        "play this stream (master playlist) in place of one that is made and served here; its kind, segments and renditions take the place of the scenario's",
        address("http:", "https:"),
      )
      .option(
        "--tracker <address>",
        "with --url: the tracker, which is asked where to announce (http:, https:), or where to announce (ws:, wss:)",
        address("http:", "https:", "ws:", "wss:"),
      )
      .option(
        "--stream <name>",
        `with --url: the stream's name at the tracker; viewers of the same name are met (default: "${DEFAULT_STREAM}")`,
        streamName,
      )
      .addOption(
        new Option(
          "--shaping <by>",
          "what limits viewers' links to the scenario's rates: network namespaces (need root), Chromium, nothing; auto takes the first that can be had, where the scenario needs any",
        )
          .choices(choices)
          .default(DEFAULT_REAL_TIME_FLAGS.shaping),
      );
}

/**
 * Where the servers are that a run plays against; `undefined` where it starts its own.
 *
 * @throws {FlagError}
 */
export function givenAddresses(
  { url, tracker, stream }: RealTimeFlags,
  { policies }: Scenario,
): GivenAddresses | undefined {
  if (url === undefined) {
    const lonely = Object.entries({ tracker, stream }).find(([, value]) => value !== undefined)?.[0];
    if (lonely !== undefined) throw new FlagError(`--${lonely}: goes with --url only`);
    return undefined;
  }
  if (tracker === undefined && policies.engine !== "plain") {
    throw new FlagError("--tracker: goes with --url, unless the scenario's policies.engine is plain");
  }
  return { url, tracker, stream: stream ?? DEFAULT_STREAM };
}

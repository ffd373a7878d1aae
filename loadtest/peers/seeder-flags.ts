import { Command } from "commander";
import { parseFlags, wholeNumber } from "../../command-line/flags.js";
import { swarmIdOf } from "../../player/protocol/index.js";
import { address, addStunServer, streamName } from "../run/address-flags.js";

export interface SeederFlags {
  readonly src: string;
  readonly tracker: string;
  readonly swarmId: string;
  /** STUN servers that tell it the address under which viewers reach it; none where it has that itself. */
  readonly stun: readonly string[];
  /** Of the uplink, on average; all of it where nothing is said. */
  readonly uploadKbps: number | undefined;
  readonly memoryMiB: number;
  readonly latencySegments: number;
  /** Plays the best rendition of at most so many kilobits per second. */
  readonly maxKbps: number;
}

/** @throws {FlagError} */
export function readSeederFlags(argv: readonly string[]): { help: string } | { flags: SeederFlags } {
  const parsed = parseFlags(
    new Command("nearcast-seeder")
      .usage("--src URL --tracker URL --stream NAME [flags]")
      .description(
        "A viewer without a screen that stays: it plays one rendition and shares it with the viewers of a live channel. Start it near them.",
      )
      .requiredOption("--src <url>", "master playlist", address("http:", "https:"))
      .requiredOption("--tracker <url>", "announce address", address("ws:", "wss:"))
      .requiredOption("--stream <name>", "the stream's name, as players have it", streamName)
      .option("--swarm-id <name>", "in place of the one that follows from the stream's name")
      .option(
        "--stun <url>",
        "behind NAT: like stun:stun.example:3478; may be given several times",
        addStunServer,
        [],
      )
      .option("--upload-kbps <number>", "of the uplink at most, on average", wholeNumber(16, 10_000_000))
      .option("--memory-mib <number>", "segments kept for viewers", wholeNumber(1, 4_096), 256)
      .option(
        "--latency-segments <number>",
        "distance to the live edge; small, to have what viewers want",
        wholeNumber(1, 60),
        2,
      )
      .option(
        "--max-kbps <number>",
        "the best rendition of at most so much is shared",
        wholeNumber(16, 200_000),
        200_000,
      ),
    argv,
  );
  if ("help" in parsed) return parsed;
  const { stream, swarmId = swarmIdOf(stream), ...flags } = parsed.command.opts();
  return { flags: { uploadKbps: undefined, ...flags, swarmId } as unknown as SeederFlags };
}

import * as v from "valibot";
import { parseStreamName, type StreamName } from "../../player/protocol/index.js";
import { TIERS } from "../nearness/place.js";
import type { SwarmPicture } from "./feed.js";
import { MAX_NETWORKS, MAX_PICTURED } from "./swarm-picture.js";

/** What one tracker asks the others of its service for: a picture of a stream's viewers there. */
export interface PictureQuestion {
  /** Absent: viewers that do not name theirs. */
  readonly stream?: StreamName | undefined;
  readonly withAddresses: boolean;
}

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const name = v.pipe(v.string(), v.maxLength(200));
/** Links between all that are pictured. */
const MAX_EDGES = (MAX_PICTURED * (MAX_PICTURED - 1)) / 2;

const questionSchema = v.object({ stream: v.optional(v.string()), withAddresses: v.boolean() });
const pictureSchema = v.object({
  viewers: count,
  trackers: count,
  swarms: count,
  networks: v.pipe(v.array(v.object({ name, viewers: count })), v.maxLength(MAX_NETWORKS)),
  elsewhere: count,
  nodes: v.pipe(
    v.array(
      v.object({
        id: v.pipe(v.string(), v.maxLength(30)),
        network: v.pipe(v.number(), v.integer(), v.minValue(-1)),
        mayUpload: v.boolean(),
        address: v.optional(name),
      }),
    ),
    v.maxLength(MAX_PICTURED),
  ),
  edges: v.pipe(
    v.array(v.object({ from: count, to: count, tier: v.picklist(TIERS) })),
    v.maxLength(MAX_EDGES),
  ),
});

/** @throws {Error} where it is something else. */
export function parsePictureQuestion(asked: unknown): PictureQuestion {
  const { stream, withAddresses } = v.parse(questionSchema, asked);
  return { withAddresses, ...(stream !== undefined && { stream: parseStreamName(stream) }) };
}

/** @returns nothing where an answer is none: the picture is then of the others. */
export function readPictures(answers: readonly unknown[]): SwarmPicture[] {
  return answers.flatMap((answer) => {
    const parsed = v.safeParse(pictureSchema, answer);
    return parsed.success ? [parsed.output as SwarmPicture] : [];
  });
}

import * as v from "valibot";
import { parseStreamName, type StreamName } from "../../player/protocol/index.js";

/** Who is in quarantine, as one tracker tells another that has started later. */
export interface QuarantineList {
  readonly peers: readonly Entry[];
  /** Of access tokens. */
  readonly sessions: readonly Entry[];
}

interface Entry {
  readonly stream: StreamName;
  /** The peer id or the session. */
  readonly who: string;
  /** How long it has to stay: clocks of different machines are not compared. */
  readonly forMs: number;
}

/** Of peers and of sessions, the latest ones: a message through Redis is to stay below a megabyte. */
export const MAX_LISTED = 5000;
const MAX_NAME_LENGTH = 200;
const MAX_MS = 86_400_000;

const entry = v.object({
  stream: v.pipe(
    v.string(),
    v.check(isStreamName),
    v.transform((name): StreamName => parseStreamName(name)),
  ),
  who: v.pipe(v.string(), v.maxLength(MAX_NAME_LENGTH)),
  forMs: v.pipe(v.number(), v.minValue(0), v.maxValue(MAX_MS)),
});
const entries = v.pipe(v.array(entry), v.maxLength(MAX_LISTED));
const listSchema = v.object({ peers: entries, sessions: entries });
const questionSchema = v.object({ about: v.literal("quarantine") });

/** What one tracker asks the others when it has started. */
export const QUARANTINE_QUESTION: v.InferOutput<typeof questionSchema> = { about: "quarantine" };

export function isQuarantineQuestion(asked: unknown): boolean {
  return v.is(questionSchema, asked);
}

/** Leaves out answers that are none, such as those of trackers of an earlier version. */
export function readQuarantineLists(answers: readonly unknown[]): QuarantineList[] {
  return answers.flatMap((answer) => {
    const parsed = v.safeParse(listSchema, answer);
    return parsed.success ? [parsed.output] : [];
  });
}

function isStreamName(text: string): boolean {
  try {
    parseStreamName(text);
    return true;
  } catch {
    return false;
  }
}

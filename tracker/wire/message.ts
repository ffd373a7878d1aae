import { type Announce, parseAnnounce } from "./announce.js";
import { type Answer, parseAnswer } from "./answer.js";
import { type InfoHash, isBytes20 } from "./bytes20.js";
import { type Frame, readFrame } from "./frame.js";
import { type JsonObject, parseJsonObject } from "./json-object.js";
import { parseScrape, type Scrape } from "./scrape.js";
import { malformed, WireError } from "./wire-error.js";

/** Everything that a client can say. */
export type ClientMessage = Announce | Answer | Scrape;

/**
 * Reads one text frame. Fields that the tracker does not use are ignored.
 *
 * @param bytes valid UTF-8.
 * @throws {WireError} for anything else than a well-formed message, and nothing but that.
 */
export function parseMessage(bytes: Buffer, limits: { readonly maxOffers: number }): ClientMessage {
  const frame = readFrame(bytes);
  const json = parseJsonObject(frame.json, "message");
  try {
    return parseByAction(json, frame, limits);
  } catch (error) {
    if (error instanceof WireError && isBytes20<InfoHash>(json.info_hash)) error.infoHash = json.info_hash;
    throw error;
  }
}

function parseByAction(
  json: JsonObject,
  frame: Frame,
  limits: { readonly maxOffers: number },
): ClientMessage {
  if (json.action === "scrape") return parseScrape(json);
  if (json.action !== "announce") throw malformed("action", `"announce" or "scrape"`, json.action);
  const isAnswer = json.answer !== undefined && json.answer !== null;
  return isAnswer ? parseAnswer(json, frame) : parseAnnounce(json, frame, limits);
}

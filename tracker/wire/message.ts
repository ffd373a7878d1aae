import { type Announce, encodeAnnounce, parseAnnounce } from "./announce.js";
import { type Answer, encodeAnswer, parseAnswer } from "./answer.js";
import { type InfoHash, isBytes20 } from "./bytes20.js";
import { type JsonObject, parseJsonObject } from "./json-object.js";
import { encodeScrape, parseScrape, type Scrape } from "./scrape.js";
import { malformed, WireError } from "./wire-error.js";

/** Everything that a client can say. */
export type ClientMessage = Announce | Answer | Scrape;

/**
 * Reads one text frame. Fields that the tracker does not use are ignored.
 *
 * @throws {WireError} for anything else than a well-formed message, and nothing but that.
 */
export function parseMessage(text: string, limits: { readonly maxOffers: number }): ClientMessage {
  const json = parseJsonObject(parseJson(text), "message");
  try {
    return parseByAction(json, limits);
  } catch (error) {
    if (error instanceof WireError && isBytes20<InfoHash>(json.info_hash)) error.infoHash = json.info_hash;
    throw error;
  }
}

/** The same message with its known fields only: what was not parsed is not passed on. */
export function encodeMessage(message: ClientMessage): string {
  switch (message.kind) {
    case "announce":
      return encodeAnnounce(message);
    case "answer":
      return encodeAnswer(message);
    case "scrape":
      return encodeScrape(message);
  }
}

function parseByAction(json: JsonObject, limits: { readonly maxOffers: number }): ClientMessage {
  if (json.action === "scrape") return parseScrape(json);
  if (json.action !== "announce") throw malformed("action", `"announce" or "scrape"`, json.action);
  return json.answer === undefined || json.answer === null ? parseAnnounce(json, limits) : parseAnswer(json);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new WireError("not_json", `message: expected JSON, got other text of ${text.length} characters`, {
      cause,
    });
  }
}

import type { RequestHandler } from "express";
import {
  encodeJoin,
  type IntegrityKey,
  ParseError,
  type StreamName,
  sessionOf,
} from "../../player/protocol/index.js";
import type { Admission, Admitted } from "../admission/admission.js";
import { AdmissionError } from "../admission/admission.js";
import type { Metrics } from "../metrics/metrics.js";
import type { Place } from "../nearness/place.js";
import { refuse, sendJson } from "./answers.js";
import { bearerOf } from "./bearer.js";
import { iceServers, type TurnOptions } from "./turn.js";
import { type ViewerPolicyOptions, viewerPolicy } from "./viewer-policy.js";

export interface JoinOptions extends TurnOptions, ViewerPolicyOptions {
  readonly admission: () => Admission;
  readonly metrics: Metrics;
  /** A viewer is there. */
  readonly onJoined: (stream: StreamName, session: string, place: Place) => void;
  readonly integrityKeys: () => readonly IntegrityKey[];
  /** Where viewers at a place are to announce, best first; may be relative to the request's URL. */
  readonly announceUrls: (stream: StreamName, place: Place) => readonly string[];
  /** Where they are to report; may be relative to the request's URL. */
  readonly reportUrl: (stream: StreamName, place: Place) => string;
  readonly reportIntervalS: number;
  readonly refreshS: number;
}

/** `GET /join`: all that a player needs to take part, see player/protocol/join.ts. */
export function join(options: JoinOptions): RequestHandler {
  return async (request, response) => {
    try {
      const admitted = await options
        .admission()
        .admit(request, { stream: request.query.stream, token: bearerOf(request) });
      const { stream, session } = joining(admitted, request.query.session);
      const place = options.locator().place(admitted.address);
      options.onJoined(stream, session, place);
      sendJson(
        response,
        encodeJoin({
          stream,
          announce: options.announceUrls(stream, place),
          iceServers: iceServers(options, { session, nowS: Date.now() / 1000 }),
          policy: viewerPolicy(options, { admitted, stream, session }),
          integrityKeys: options.integrityKeys(),
          reports: { url: options.reportUrl(stream, place), intervalS: options.reportIntervalS },
          blockedPeers: options.quarantine.blockedPeers(stream, options.now()),
          refreshS: options.refreshS,
        }),
      );
    } catch (error) {
      refuse(response, error, options.metrics);
    }
  };
}

/** @throws {AdmissionError} */
function joining(admitted: Admitted, asked: unknown): { stream: StreamName; session: string } {
  const { stream, session } = admitted;
  if (stream === undefined)
    throw new AdmissionError(400, "stream", "stream: expected the stream's name, got none");
  if (session !== undefined) return { stream, session };
  try {
    return { stream, session: sessionOf(asked) };
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause;
    throw new AdmissionError(400, undefined, cause.message, { cause });
  }
}

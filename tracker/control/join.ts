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
import type { Locator } from "../geo/locator.js";
import type { Metrics } from "../metrics/metrics.js";
import type { Place } from "../nearness/place.js";
import type { Policies } from "../policy/policies.js";
import type { Audience } from "../reports/audience.js";
import type { Quarantine } from "../reports/quarantine.js";
import { refuse, sendJson } from "./answers.js";
import { bearerOf } from "./bearer.js";
import { iceServers, type TurnOptions } from "./turn.js";

export interface JoinOptions extends TurnOptions {
  readonly admission: () => Admission;
  readonly locator: () => Locator;
  readonly policies: () => Policies;
  readonly audience: Audience;
  readonly viewersElsewhere: (stream: StreamName) => number;
  readonly quarantine: Quarantine;
  readonly metrics: Metrics;
  readonly integrityKeys: () => readonly IntegrityKey[];
  /** Where viewers at a place are to announce, best first; may be relative to the request's URL. */
  readonly announceUrls: (stream: StreamName, place: Place) => readonly string[];
  readonly reportIntervalS: number;
  readonly refreshS: number;
  readonly now: () => number;
}

/** `GET /join`: all that a player needs to take part, see player/protocol/join.ts. */
export function join(options: JoinOptions): RequestHandler {
  return async (request, response) => {
    try {
      const { stream, session, place } = await joining(options, {
        admitted: await options
          .admission()
          .admit(request, { stream: request.query.stream, token: bearerOf(request) }),
        session: request.query.session,
      });
      const nowMs = options.now();
      options.audience.heard(stream, session, nowMs);
      const viewers = options.audience.sizeOf(stream) + options.viewersElsewhere(stream);
      sendJson(
        response,
        encodeJoin({
          stream,
          announce: options.announceUrls(stream, place),
          iceServers: iceServers(options, { session, nowS: Date.now() / 1000 }),
          policy: options.policies().forViewer({ stream, session, place, viewers }),
          integrityKeys: options.integrityKeys(),
          reports: { url: "reports", intervalS: options.reportIntervalS },
          blockedPeers: options.quarantine.blockedPeers(stream, nowMs),
          refreshS: options.refreshS,
        }),
      );
    } catch (error) {
      refuse(response, error, options.metrics);
    }
  };
}

async function joining(
  { locator }: JoinOptions,
  asked: { readonly admitted: Admitted; readonly session: unknown },
): Promise<{ stream: StreamName; session: string; place: Place }> {
  const { address, stream, session } = asked.admitted;
  if (stream === undefined)
    throw new AdmissionError(400, "stream", "stream: expected the stream's name, got none");
  const place = locator().place(address);
  if (session !== undefined) return { stream, session, place };
  try {
    return { stream, session: sessionOf(asked.session), place };
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause;
    throw new AdmissionError(400, undefined, cause.message, { cause });
  }
}

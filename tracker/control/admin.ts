import express, { type RequestHandler, Router } from "express";
import { parseStreamName, type StreamName } from "../../player/protocol/index.js";
import type { Locator } from "../geo/locator.js";
import { parseAddress } from "../nearness/address.js";
import { type Policies, PoliciesFullError } from "../policy/policies.js";
import { PolicyError, parsePolicy, type StreamPolicy } from "../policy/stream-policy.js";
import type { StreamSummary } from "../reports/summaries.js";
import { adminCheck } from "./admin-token.js";
import { say, sendJson } from "./answers.js";

export interface AdminOptions {
  /** Asked for as Bearer; without one nobody gets in. */
  readonly adminToken: string | undefined;
  readonly locator: () => Locator;
  readonly policies: () => Policies;
  /** Takes a change to wherever it has to go. */
  readonly setPolicy: (stream: StreamName | undefined, policy: StreamPolicy | undefined) => void;
  /** Of the whole service. */
  readonly summaries: () => readonly StreamSummary[];
  /** How often the live feed is written to. */
  readonly feedIntervalMs: number;
}

const MAX_POLICY_BYTES = "1mb";
/** Readers of the live feed. */
const MAX_FEEDS = 100;

/**
 * For operators: `GET /explain?address=…`, `GET`, `PUT` and `DELETE /policy[/<stream>]`, `GET /streams`, and
 * `GET /streams/events` with the same as server-sent events.
 */
export function admin(options: AdminOptions): Router {
  const router = Router();
  const guard = onlyAdmins(options.adminToken);
  router.get("/explain", guard, (request, response) => {
    const address = parseAddress(String(request.query.address ?? ""));
    if (address === undefined) say(response, 400, "address: expected an IP address");
    else response.json(options.locator().explain(address));
  });
  router.get("/policy", guard, (_request, response) => {
    response.json(options.policies().all);
  });
  router.get("/policy/:stream", guard, (request, response) => {
    const stream = streamOf(String(request.params.stream));
    if (stream === undefined) say(response, 400, "stream: expected a stream's name");
    else
      response.json({ own: options.policies().get(stream), effective: options.policies().effective(stream) });
  });
  const body = express.json({ limit: MAX_POLICY_BYTES, type: () => true });
  router.put(["/policy", "/policy/:stream"], guard, body, (request, response) => {
    const { stream: name } = request.params;
    const stream = name === undefined ? undefined : streamOf(String(name));
    if (name !== undefined && stream === undefined) {
      say(response, 400, "stream: expected a stream's name");
      return;
    }
    try {
      options.setPolicy(stream, parsePolicy(request.body));
      response.json(options.policies().effective(stream));
    } catch (error) {
      if (!(error instanceof PolicyError || error instanceof PoliciesFullError)) throw error;
      say(response, 400, error.message);
    }
  });
  router.delete("/policy/:stream", guard, (request, response) => {
    const stream = streamOf(String(request.params.stream));
    if (stream !== undefined) options.setPolicy(stream, undefined);
    response.status(204).end();
  });
  router.get("/streams", guard, (_request, response) => {
    sendJson(response, JSON.stringify({ streams: options.summaries() }));
  });
  router.get("/streams/events", guard, feed(options));
  return router;
}

function feed({ summaries, feedIntervalMs }: AdminOptions): RequestHandler {
  let readers = 0;
  return (request, response) => {
    if (readers >= MAX_FEEDS) {
      say(response, 503, "Too many readers of the feed.");
      return;
    }
    readers += 1;
    response.set({
      "Content-Type": "text/event-stream",
      "Cache-Control": "no-store",
      "X-Accel-Buffering": "no",
    });
    const write = () => {
      // A reader that does not keep up misses some.
      if (!response.writableNeedDrain)
        response.write(`data: ${JSON.stringify({ streams: summaries() })}\n\n`);
    };
    write();
    const timer = setInterval(write, feedIntervalMs);
    request.once("close", () => {
      clearInterval(timer);
      readers -= 1;
    });
  };
}

function onlyAdmins(token: string | undefined): RequestHandler {
  const isAdmin = adminCheck(token);
  return (request, response, next) => {
    if (isAdmin(request)) {
      next();
      return;
    }
    response.set("WWW-Authenticate", "Bearer");
    say(
      response,
      401,
      token === undefined ? "adminToken: none is configured." : "The admin token is needed.",
    );
  };
}

function streamOf(text: string): StreamName | undefined {
  try {
    return parseStreamName(text);
  } catch {
    return undefined;
  }
}

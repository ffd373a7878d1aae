import { randomUUID } from "node:crypto";
import express from "express";
import { LRUCache } from "lru-cache";
import type { Logger } from "pino";
import * as v from "valibot";
import { AccessTokenError, type TokenVerifier } from "../../player/protocol/access-token.js";
import { parseStreamName } from "../../player/protocol/index.js";
import type { TokenDesk } from "../access/access.js";
import { type Bucket, type RateLimit, takeOne } from "../access/rate-limit.js";
import { presentedSecret } from "../access/shared-key.js";
import { cookieNameOf, type StreamGate } from "../access/stream-gate.js";
import type { OriginMetrics } from "../metrics/metrics.js";
import { HttpProblem, quote } from "./problem.js";

export interface TokenRoutesOptions {
  readonly gates: ReadonlyMap<string, StreamGate>;
  readonly verify: TokenVerifier;
  readonly desk: TokenDesk | undefined;
  readonly metrics: OriginMetrics;
  readonly logger: Logger;
  readonly clock: () => number;
}

const MAX_BODY_BYTES = 8 * 1024;
/** Wrong keys from one address; a person mistypes, a program guesses. */
const WRONG_KEYS: RateLimit = { perSecond: 0.2, burst: 5 };
const MAX_ADDRESSES = 10_000;

const SESSION_FORM = /^[\x21-\x7e]{1,128}$/;
const Wish = v.object({
  stream: v.string("stream: expected a stream's name"),
  session: v.optional(
    v.pipe(
      v.string("session: expected text"),
      v.regex(SESSION_FORM, "session: expected 1 to 128 printable ASCII characters without spaces"),
    ),
  ),
  seconds: v.optional(v.number("seconds: expected a number")),
});

/** `POST /tokens` for a provider's backend, and `POST /session` for viewers who would rather carry a cookie. */
export function tokenRoutes(options: TokenRoutesOptions): express.Router {
  const router = express.Router();
  const { desk } = options;
  if (desk) router.post("/tokens", express.json({ limit: MAX_BODY_BYTES }), issueToken(options, desk));
  router.options(
    "/session",
    (req, res) => void gateOf(options.gates, req.query.stream).answerSessionCors(req, res),
  );
  router.post("/session", openSession(options));
  return router;
}

function issueToken(
  { gates, metrics, logger, clock }: TokenRoutesOptions,
  desk: TokenDesk,
): express.RequestHandler {
  const wrongKeys = new LRUCache<string, Bucket>({ max: MAX_ADDRESSES });
  let issued: Bucket | undefined;
  const { tokensPerSecond } = desk;

  function requireKey(req: express.Request, res: express.Response): void {
    const address = req.ip ?? "unknown";
    const presented = presentedSecret(req.headers.authorization);
    const { bucket, waitMs } = takeOne(wrongKeys.get(address), WRONG_KEYS, clock());
    // An address that guesses is not told any more whether it is right.
    if (waitMs > 0) tooMany(res, waitMs, "too many wrong API keys");
    if (presented !== undefined && desk.apiKey.matches(presented)) return;
    wrongKeys.set(address, bucket);
    metrics.countRefusedIssue("key");
    logger.warn({ audit: "token refused", address, reason: "API key" }, "token refused");
    res.setHeader("WWW-Authenticate", 'Bearer realm="tokens"');
    throw new HttpProblem(401, "Issuing tokens needs the API key, as Bearer.");
  }

  function tooMany(res: express.Response, waitMs: number, what: string): never {
    metrics.countRefusedIssue("rate");
    const seconds = Math.ceil(waitMs / 1000);
    res.setHeader("Retry-After", seconds);
    throw new HttpProblem(429, `Not now, ${what}: try again in ${seconds} s.`);
  }

  return async (req, res) => {
    requireKey(req, res);
    const { bucket, waitMs } = takeOne(
      issued,
      { perSecond: tokensPerSecond, burst: tokensPerSecond },
      clock(),
    );
    issued = bucket;
    if (waitMs > 0) tooMany(res, waitMs, "too many tokens");
    const wish = v.safeParse(Wish, req.body ?? {});
    if (!wish.success) throw new HttpProblem(400, `The request is wrong: ${wish.issues[0].message}.`);
    const { stream, session = randomUUID(), seconds = desk.tokenSeconds } = wish.output;
    if (!gates.has(stream)) throw new HttpProblem(404, `There is no stream ${quote(stream)}.`);
    if (!(seconds >= 1 && seconds <= desk.maxTokenSeconds)) {
      throw new HttpProblem(
        400,
        `The request is wrong: seconds: expected 1 to ${desk.maxTokenSeconds}, got ${seconds}.`,
      );
    }
    const grant = {
      ...{ session, stream: parseStreamName(stream), tokenId: randomUUID() },
      expiresAtS: Math.floor(clock() / 1000 + seconds),
    };
    const token = await desk.issue(grant);
    metrics.countIssued(stream);
    const { tokenId, expiresAtS } = grant;
    logger.info(
      { audit: "token issued", stream, session, tokenId, expiresAtS, address: req.ip },
      "token issued",
    );
    res.setHeader("Cache-Control", "no-store");
    res.status(201).json({ token, session, expiresAt: expiresAtS });
  };
}

/** Turns a viewer's token into a cookie, for players that cannot add headers to requests. */
function openSession({ gates, verify, clock }: TokenRoutesOptions): express.RequestHandler {
  return async (req, res) => {
    const gate = gateOf(gates, req.query.stream);
    gate.answerSessionCors(req, res);
    const { stream } = gate;
    const [, token] = /^Bearer +(\S+)$/i.exec(req.headers.authorization ?? "") ?? [];
    try {
      const { expiresAtS } = await verify(token, parseStreamName(stream));
      res.cookie(cookieNameOf(stream), token, {
        path: `/hls/${stream}/`,
        httpOnly: true,
        // Pages of other sites may play the stream, which browsers allow only over TLS.
        secure: req.secure,
        sameSite: req.secure ? "none" : "lax",
        maxAge: expiresAtS * 1000 - clock(),
      });
      res.setHeader("Cache-Control", "no-store");
      res.status(204).end();
    } catch (cause) {
      if (!(cause instanceof AccessTokenError)) throw cause;
      res.setHeader("WWW-Authenticate", `Bearer realm="${stream}"`);
      throw new HttpProblem(401, cause.message, { cause });
    }
  };
}

function gateOf(gates: ReadonlyMap<string, StreamGate>, name: unknown): StreamGate {
  const gate = typeof name === "string" ? gates.get(name) : undefined;
  if (!gate) throw new HttpProblem(404, `There is no such stream: expected ?stream=NAME in the address.`);
  return gate;
}

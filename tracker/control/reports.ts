import express, { type RequestHandler } from "express";
import {
  encodeReportReply,
  MAX_REPORT_BYTES,
  ParseError,
  parseReport,
  type Report,
} from "../../player/protocol/index.js";
import type { Admission, Admitted } from "../admission/admission.js";
import { AdmissionError } from "../admission/admission.js";
import type { Metrics } from "../metrics/metrics.js";
import type { ReportMetrics } from "../metrics/report-metrics.js";
import type { AddressRates } from "../reports/address-rates.js";
import type { SessionLedger } from "../reports/session-ledger.js";
import type { Tally } from "../reports/tally.js";
import { refuse, sendJson } from "./answers.js";
import { bearerOf } from "./bearer.js";
import { type ViewerPolicyOptions, viewerPolicy } from "./viewer-policy.js";

export interface ReportsOptions extends ViewerPolicyOptions {
  readonly admission: () => Admission;
  readonly ledger: SessionLedger;
  readonly rates: AddressRates;
  readonly tally: Tally;
  readonly metrics: Metrics;
  readonly reportMetrics: ReportMetrics;
}

/** Beacons come as `text/plain`, see player/protocol/report.ts. */
const TYPES = ["application/json", "text/plain"];

/** `POST /reports`: takes a player's report and tells what has changed since it joined. */
export function reports(options: ReportsOptions): RequestHandler[] {
  const read = express.text({ type: TYPES, limit: MAX_REPORT_BYTES });
  const take: RequestHandler = async (request, response) => {
    try {
      const report = parseBody(request.body);
      const admitted = await options
        .admission()
        .admit(request, { stream: report.stream, token: bearerOf(request) });
      sendJson(response, answer(options, report, admitted));
    } catch (error) {
      options.reportMetrics.received("refused");
      refuse(response, error, options.metrics);
    }
  };
  return [read, take];
}

/** @throws {AdmissionError} */
function answer(options: ReportsOptions, report: Report, admitted: Admitted): string {
  const { audience, quarantine, reportMetrics } = options;
  const nowMs = options.now();
  const { stream, session } = report;
  if (!options.rates.allows(admitted.address, nowMs)) {
    throw new AdmissionError(429, undefined, "Too many reports from this address.");
  }
  const verdict = options.ledger.judge(report, nowMs);
  reportMetrics.received(verdict);
  if (verdict === "too_often") throw new AdmissionError(429, undefined, "Too many reports of this session.");
  audience.heard(stream, session, nowMs);
  if (verdict === "new") {
    options.tally.add(report);
    const by = {
      session: admitted.session ?? session,
      address: `${admitted.address.prefix}/${admitted.address.host}`,
    };
    // Whoever sends wrong bytes is not asked about others.
    const isHeard = !quarantine.isSessionQuarantined(stream, admitted.session, nowMs);
    if (isHeard) for (const { peer } of report.integrity.peers) quarantine.complain(stream, peer, by, nowMs);
  }
  return encodeReportReply({
    policy: viewerPolicy(options, { admitted, stream, session: admitted.session ?? session }),
    blockedPeers: quarantine.blockedPeers(stream, nowMs),
  });
}

/** @throws {AdmissionError} naming the field. */
function parseBody(body: unknown): Report {
  if (typeof body !== "string") {
    throw new AdmissionError(400, undefined, `report: expected JSON as ${TYPES.join(" or ")}`);
  }
  try {
    return parseReport(JSON.parse(body));
  } catch (cause) {
    if (!(cause instanceof ParseError) && !(cause instanceof SyntaxError)) throw cause;
    const sentence = cause instanceof ParseError ? cause.message : "report: expected JSON, got other text";
    throw new AdmissionError(400, undefined, sentence, { cause });
  }
}

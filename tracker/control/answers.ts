import type { Response } from "express";
import { AdmissionError } from "../admission/admission.js";
import type { Metrics } from "../metrics/metrics.js";

/** Answers a request that is refused, and counts it. */
export function refuse(response: Response, error: unknown, metrics: Metrics): void {
  if (!(error instanceof AdmissionError)) throw error;
  if (error.reason !== undefined) metrics.refused(error.reason);
  if (error.status === 429 || error.status === 503) response.set("Retry-After", "10");
  say(response, error.status, error.message);
}

/** One sentence as plain text. */
export function say(response: Response, status: number, sentence: string): void {
  response.status(status).type("text/plain").send(`${sentence}\n`);
}

/** JSON that was encoded already, for this viewer only. */
export function sendJson(response: Response, json: string): void {
  response.set("Cache-Control", "no-store").type("application/json").send(json);
}

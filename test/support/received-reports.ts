import express, { type Express } from "express";
import { parseReport, type Report } from "../../player/protocol/index.js";

/** An endpoint that takes reports as a tracker does: parsed, and each once. */
export class ReceivedReports {
  readonly #received = new Map<string, Report>();
  /** How often a report came that had come before. */
  repetitions = 0;

  /** For `openTheatre`, at `/reports` of its origin's server. */
  readonly routes = (app: Express): void => {
    app.post("/reports", express.text({ type: "*/*" }), (request, response) => {
      const report = parseReport(JSON.parse(request.body));
      const key = `${report.session}/${report.sequence}`;
      if (this.#received.has(key)) this.repetitions++;
      this.#received.set(key, report);
      response.set("Access-Control-Allow-Origin", "*").sendStatus(204);
    });
  };

  clear(): void {
    this.#received.clear();
    this.repetitions = 0;
  }

  get all(): Report[] {
    return [...this.#received.values()];
  }

  of(session: string): Report[] {
    return this.all.filter((report) => report.session === session);
  }

  /** Of everything that was reported, or of one session. */
  sum(name: keyof Report["bytes"], session?: string): number {
    const reports = session === undefined ? this.all : this.of(session);
    return reports.reduce((sum, { bytes }) => sum + bytes[name], 0);
  }

  /** All peers that were named as polluters. */
  get named(): Set<string> {
    return new Set(this.all.flatMap(({ integrity }) => integrity.peers.map(({ peer }) => peer)));
  }
}

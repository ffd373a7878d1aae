import { STATUS_CODES } from "node:http";
import express, { type ErrorRequestHandler, type Express } from "express";
import { type OpenMetricsContentType, type PrometheusContentType, Registry } from "prom-client";

/** Path of the WebSocket endpoint. */
export const ANNOUNCE_PATH = "/announce";

/** What `/readyz` tells load balancers. */
export interface Readiness {
  /** Only where it is `ready` more viewers may be sent here. */
  readonly status: "starting" | "ready" | "stopping";
  /** Absent where it is not used. Without Redis a tracker goes on by itself: it stays ready. */
  readonly redis?: "up" | "away";
}

/** The tracker's HTTP side: `/healthz` says that it runs, `/readyz` whether it takes viewers, `/metrics` is for Prometheus. */
export function createApp(metrics: Registry<PrometheusContentType>, readiness: () => Readiness): Express {
  const app = express();
  app.disable("x-powered-by");
  app.get("/healthz", (_request, response) => {
    response.json({ status: "ok" });
  });
  app.get("/readyz", (_request, response) => {
    const state = readiness();
    response.status(state.status === "ready" ? 200 : 503).json(state);
  });
  app.get("/metrics", async (request, response) => {
    const isOpenMetrics = request.headers.accept?.includes("application/openmetrics-text") ?? false;
    const registry = isOpenMetrics ? asOpenMetrics(metrics) : metrics;
    const body = await registry.metrics();
    response.set("Content-Type", registry.contentType).send(body);
  });
  app.get(ANNOUNCE_PATH, (_request, response) => {
    response.status(426).set("Upgrade", "websocket").type("text/plain").send("Announce over WebSocket.\n");
  });
  return app;
}

/** The same metrics in the format of https://prometheus.io/docs/specs/om/open_metrics_spec/. */
function asOpenMetrics(metrics: Registry): Registry<OpenMetricsContentType> {
  const registry = new Registry<OpenMetricsContentType>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  for (const { name } of metrics.getMetricsAsArray()) {
    const metric = metrics.getSingleMetric<string>(name);
    // This registry takes "_total" off the counters' names and leaves them so: let it do that to names of its own.
    if (metric !== undefined) registry.registerMetric(Object.create(metric) as typeof metric);
  }
  return registry;
}

/** Answers all paths that have no route by now. */
export function refuseOtherPaths(app: Express): void {
  const onFault: ErrorRequestHandler = (error: { status?: number }, _request, response, _next) => {
    // Bodies that are too long, or no JSON, are told apart by express.
    const { status = 500 } = error;
    const sentence = STATUS_CODES[status] ?? "Error";
    response.status(status).type("text/plain").send(`${sentence}\n`);
  };
  app.use((_request, response) => {
    response.status(404).type("text/plain").send(`Not found: announce over WebSocket at ${ANNOUNCE_PATH}.\n`);
  });
  app.use(onFault);
}

import express, { type Express } from "express";
import type { Registry } from "prom-client";

/** Path of the WebSocket endpoint. */
export const ANNOUNCE_PATH = "/announce";

/** The tracker's HTTP side: `/healthz` for load balancers, `/metrics` for Prometheus. */
export function createApp(metrics: Registry): Express {
  const app = express();
  app.disable("x-powered-by");
  app.get("/healthz", (_request, response) => {
    response.json({ status: "ok" });
  });
  app.get("/metrics", async (_request, response) => {
    const body = await metrics.metrics();
    response.type(metrics.contentType).send(body);
  });
  app.get(ANNOUNCE_PATH, (_request, response) => {
    response.status(426).set("Upgrade", "websocket").type("text/plain").send("Announce over WebSocket.\n");
  });
  return app;
}

/** Answers all paths that have no route by now. */
export function refuseOtherPaths(app: Express): void {
  app.use((_request, response) => {
    response.status(404).type("text/plain").send(`Not found: announce over WebSocket at ${ANNOUNCE_PATH}.\n`);
  });
}

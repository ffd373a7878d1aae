import { offload } from "./grafana/offload.js";
import { quality } from "./grafana/quality.js";
import { origin, tracker } from "./grafana/servers.js";
import { swarm } from "./grafana/swarm.js";
import { ALERTS_FILE, RECORDING_FILE } from "./rules/files.js";

/** What is generated into `dashboards/dist/`, by path. Prometheus and Grafana read it from there. */
export function generatedFiles(): ReadonlyMap<string, string> {
  return new Map(
    Object.entries({
      "rules/recording.yml": RECORDING_FILE,
      "rules/alerts.yml": ALERTS_FILE,
      "grafana/offload.json": offload.build(),
      "grafana/quality.json": quality.build(),
      "grafana/swarm.json": swarm.build(),
      "grafana/tracker.json": tracker.build(),
      "grafana/origin.json": origin.build(),
    }).map(([path, content]) => [path, `${JSON.stringify(content, undefined, 2)}\n`]),
  );
}

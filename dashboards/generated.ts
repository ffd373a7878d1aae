import type { Dashboard, DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
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
      "grafana/offload.json": numbered(offload),
      "grafana/quality.json": numbered(quality),
      "grafana/swarm.json": numbered(swarm),
      "grafana/tracker.json": numbered(tracker),
      "grafana/origin.json": numbered(origin),
    }).map(([path, content]) => [path, `${JSON.stringify(content, undefined, 2)}\n`]),
  );
}

/** With ids that stay as they are from one start of Grafana to the next: links to a panel have them. */
function numbered(board: DashboardBuilder): Dashboard {
  const { panels = [], ...built } = board.build();
  return {
    ...built,
    annotations: { list: [] },
    panels: panels.map((panel, index) => ({ ...panel, id: index + 1 })),
  };
}

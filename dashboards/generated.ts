import { ALERTS_FILE, RECORDING_FILE } from "./rules/files.js";

/** What is generated into `dashboards/dist/`, by path. Prometheus and Grafana read it from there. */
export function generatedFiles(): ReadonlyMap<string, string> {
  return new Map(
    Object.entries({
      "rules/recording.yml": RECORDING_FILE,
      "rules/alerts.yml": ALERTS_FILE,
    }).map(([path, content]) => [path, `${JSON.stringify(content, undefined, 2)}\n`]),
  );
}

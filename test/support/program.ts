import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Debian packages by the executables that tests need. */
const PACKAGES: Record<string, string> = {
  ffmpeg: "ffmpeg",
  ffprobe: "ffmpeg",
  nginx: "nginx-light",
  amtool: "prometheus-alertmanager",
  prometheus: "prometheus",
  "prometheus-alertmanager": "prometheus-alertmanager",
  "prometheus-blackbox-exporter": "prometheus-blackbox-exporter",
  promtool: "prometheus",
  "redis-server": "redis-server",
  "redis-cli": "redis-tools",
  haproxy: "haproxy",
  openssl: "openssl",
  turnserver: "coturn",
  ip: "iproute2",
  tc: "iproute2",
};

/**
 * Path of an executable on PATH. Tests call it instead of skipping, so a missing program is a failure that says
 * what to install.
 */
export function requireProgram(name: string): string {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not in this folder.
    }
  }
  throw new Error(`${name} is missing: apt-get install ${PACKAGES[name] ?? name}`);
}

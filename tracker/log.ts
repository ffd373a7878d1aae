import { type Logger, pino } from "pino";
import pretty from "pino-pretty";

export const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const STDERR = 2;

/** Logs to stderr, readable on a terminal and as JSON lines elsewhere; stdout is left to the announce URL. */
export function createLogger(level: LogLevel): Logger {
  const destination = process.stderr.isTTY
    ? pretty({ destination: STDERR, sync: true, ignore: "pid,hostname" })
    : pino.destination({ dest: STDERR, sync: true });
  return pino({ name: "nearcast-tracker", level }, destination);
}

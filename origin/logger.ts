import { type Level, type Logger, pino } from "pino";
import { PinoPretty } from "pino-pretty";

const STDERR = 2;

/** The program's log, on stderr: readable on a terminal, a JSON object per line otherwise. */
export function createLogger(level: Level | "silent"): Logger {
  const options = { level, name: "nearcast-origin" };
  if (process.stderr.isTTY) return pino(options, PinoPretty({ destination: STDERR, sync: true }));
  return pino(options, pino.destination({ dest: STDERR, sync: true }));
}

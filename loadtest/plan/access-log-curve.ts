import { FlagError } from "../../command-line/flags.js";

/** Viewers that ask for nothing in this time have gone; live playlists are asked for every few seconds. */
const STEP_S = 60;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const LINE =
  /^(\S+) \S+ \S+ \[(\d{2})\/(\w{3})\/(\d{4}):(\d{2}):(\d{2}):(\d{2}) ([+-]\d{4})\] "[A-Z]+ (\S+)[^"]*" \d+ \S+(?: "[^"]*" "([^"]*)")?/;

/**
 * Viewers over time from a web server's log in the Common or Combined Log Format: distinct clients (address and user
 * agent) that asked for playlists or segments, minute by minute.
 *
 * @param lines in any order.
 * @throws {FlagError} where hardly any line is of that format.
 */
export function curveOfAccessLog(lines: Iterable<string>): [atS: number, viewers: number][] {
  const clients = new Map<number, Set<string>>();
  let read = 0;
  let strange = 0;
  for (const line of lines) {
    if (line.trim() === "") continue;
    const match = LINE.exec(line);
    if (!match) {
      strange++;
      continue;
    }
    read++;
    const [, address, day, month = "", year, hour, minute, second, zone = "", path = "", agent = ""] = match;
    if (!/\.(m3u8|ts|m4s|mp4|aac|m4a)(?:\?|$)/.test(path)) continue;
    const offsetMinutes = Number(zone.slice(0, 3)) * 60 + Math.sign(Number(zone)) * Number(zone.slice(3));
    const utcMs = Date.UTC(
      Number(year),
      MONTHS.indexOf(month),
      Number(day),
      Number(hour),
      Number(minute) - offsetMinutes,
      Number(second),
    );
    const step = Math.floor(utcMs / 1000 / STEP_S);
    const seen = clients.get(step) ?? new Set<string>();
    clients.set(step, seen.add(`${address} ${agent}`));
  }
  if (clients.size === 0 || strange > read) {
    throw new FlagError(
      `--access-log: expected lines in the Common or Combined Log Format, got ${strange} others and ${read} of them`,
    );
  }
  const first = Math.min(...clients.keys());
  const last = Math.max(...clients.keys());
  return Array.from({ length: last - first + 1 }, (_, index) => [
    (index + 1) * STEP_S,
    clients.get(first + index)?.size ?? 0,
  ]);
}

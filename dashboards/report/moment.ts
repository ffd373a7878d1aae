const AGO = /^(?:now-)?(\d{1,6})(m|h|d|w)$/;
const ISO = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?)?$/;
const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

export const MOMENTS = 'a time such as 2026-11-24, 2026-11-24T18:00Z, "now" or 7d (ago; m, h, d, w)';

/**
 * Reads a moment as people type it. What has no time zone is in UTC.
 *
 * @returns milliseconds since 1970, or `undefined` for anything else.
 */
export function parseMoment(text: string, nowMs: number): number | undefined {
  if (text === "now") return nowMs;
  const [, count, unit] = AGO.exec(text) ?? [];
  if (count !== undefined) return nowMs - Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS];
  const iso = ISO.exec(text);
  if (iso === null) return undefined;
  const isZoned = iso[1] !== undefined || !text.includes("T");
  const ms = Date.parse(isZoned ? text : `${text}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}

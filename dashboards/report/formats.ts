/** Figures as people read them; the same in a terminal and on a page. */

export function bytes(count: number): string {
  return scaled(count, 1000, ["B", "kB", "MB", "GB", "TB", "PB"]);
}

/** Gigabits as soon as there is a tenth of one: what CDNs sell. */
export function rate(bitsPerS: number): string {
  if (Math.abs(bitsPerS) >= 1e8) return `${digits(bitsPerS / 1e9)} Gbit/s`;
  return scaled(bitsPerS, 1000, ["bit/s", "kbit/s", "Mbit/s"]);
}

export function percent(share: number | null, places = 1): string {
  return share === null ? "–" : `${(share * 100).toFixed(places)} %`;
}

/** Percentage points. */
export function points(share: number | null): string {
  return share === null ? "–" : `${(share * 100).toFixed(1)} points`;
}

export function money(amount: number, currency: string): string {
  return `${amount.toFixed(Math.abs(amount) < 1 ? 4 : 2)} ${currency}`;
}

/** In UTC, to the minute; to the second where that is not 0. */
export function date(ms: number): string {
  const iso = new Date(ms).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, iso.slice(17, 19) === "00" ? 16 : 19)} UTC`;
}

/** Of a stretch of time, in minutes or hours. */
export function length(ms: number): string {
  const minutes = ms / 60_000;
  return minutes < 120 ? `${Number(digits(minutes))} minutes` : `${Number(digits(minutes / 60))} hours`;
}

/** Names as metrics have them can hold anything; control characters would reach the terminal. */
export function printable(name: string): string {
  return name.replaceAll(/[\p{Cc}\p{Cf}]/gu, "\ufffd").slice(0, 100);
}

export function digits(value: number): string {
  if (value === 0) return "0";
  const size = Math.floor(Math.log10(Math.abs(value)));
  return value.toFixed(Math.min(6, Math.max(0, 2 - size)));
}

function scaled(value: number, base: number, units: readonly string[]): string {
  let unit = 0;
  let left = value;
  while (Math.abs(left) >= base && unit < units.length - 1) {
    left /= base;
    unit += 1;
  }
  return `${unit === 0 ? Math.round(left) : digits(left)} ${units[unit]}`;
}

const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** For instance `640 B`, `84 kB`, `3.1 MB`; 1 kB is 1000 bytes. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // 999.5 would be printed as 1000.
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value.toFixed(unit > 1 && value < 99.95 ? 1 : 0)} ${UNITS[unit]}`;
}

/** For instance `310 kbit/s`, `2.4 Mbit/s` or `1.2 Gbit/s`. */
export function formatBitrate(bytesPerSecond: number): string {
  const kbit = (bytesPerSecond * 8) / 1000;
  if (kbit < 999.5) return `${kbit.toFixed(0)} kbit/s`;
  return kbit < 999_950 ? `${(kbit / 1000).toFixed(1)} Mbit/s` : `${(kbit / 1e6).toFixed(1)} Gbit/s`;
}

/** Rounded down, so that 100 % means all of it. */
export function formatPercent(share: number): string {
  // 0.29 * 100 is a hair below 29.
  return `${Math.floor(share * 100 + 1e-9)} %`;
}

export function formatSeconds(seconds: number): string {
  return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
}

export function formatMilliseconds(milliseconds: number): string {
  return milliseconds < 999.5 ? `${milliseconds.toFixed(0)} ms` : formatSeconds(milliseconds / 1000);
}

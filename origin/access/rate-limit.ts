/** A token bucket (RFC 2697, 2): `burst` at once, `perSecond` on average. */
export interface RateLimit {
  readonly perSecond: number;
  readonly burst: number;
}

/** What is left of a bucket, and when. `undefined` stands for a full one. */
export interface Bucket {
  readonly level: number;
  readonly atMs: number;
}

/** Takes one from a bucket, or says how long to wait until there is one. */
export function takeOne(
  bucket: Bucket | undefined,
  { perSecond, burst }: RateLimit,
  nowMs: number,
): { bucket: Bucket; waitMs: number } {
  const elapsedMs = bucket ? Math.max(0, nowMs - bucket.atMs) : 0;
  const level = Math.min(burst, (bucket?.level ?? burst) + (elapsedMs / 1000) * perSecond);
  if (level >= 1) return { bucket: { level: level - 1, atMs: nowMs }, waitMs: 0 };
  return { bucket: { level, atMs: nowMs }, waitMs: ((1 - level) / perSecond) * 1000 };
}

import { MS_PER_MINUTE } from "../domain/units.ts";

export type RateLimit = Readonly<{
  /** Requests a minute in the long run. */
  perMinute: number;
  /** Requests at once. */
  burst: number;
}>;

/** `waitMs` is 0 where the request may go on, else how long to wait for the next. */
export type RateLimiter = Readonly<{ take: (key: string) => number }>;

const MOST_KEYS = 5_000;

/** A token bucket for each key (a user, or an address nobody is known behind). `nowMs` must not go back. */
export function createRateLimiter({ perMinute, burst }: RateLimit, nowMs: () => number): RateLimiter {
  const buckets = new Map<string, { tokens: number; atMs: number }>();
  const perMs = perMinute / MS_PER_MINUTE;
  const forget = (now: number): void => {
    for (const [key, { tokens, atMs }] of buckets)
      if (tokens + (now - atMs) * perMs >= burst || buckets.size > MOST_KEYS) buckets.delete(key);
  };
  return {
    take: (key) => {
      const now = nowMs();
      if (buckets.size >= MOST_KEYS && !buckets.has(key)) forget(now);
      const bucket = buckets.get(key) ?? { tokens: burst, atMs: now };
      const tokens = Math.min(burst, bucket.tokens + (now - bucket.atMs) * perMs);
      const allowed = tokens >= 1;
      buckets.set(key, { tokens: allowed ? tokens - 1 : tokens, atMs: now });
      return allowed ? 0 : Math.ceil((1 - tokens) / perMs);
    },
  };
}

import type { Instant } from "./values.ts";

const two = (n: number): string => String(n).padStart(2, "0");

/** ISO text of an instant, with `between` date and time: 2026-01-26T08:00:00+00:00. */
export function instantText({ wallUs, offsetMinutes }: Instant, between: string): string {
  const us = ((wallUs % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const date = new Date(Number((wallUs - us) / 1000n));
  const day = `${String(date.getUTCFullYear()).padStart(4, "0")}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
  const clock = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  const fraction = us > 0n ? `.${us.toString().padStart(6, "0")}` : "";
  if (offsetMinutes === null) return day + between + clock + fraction;
  const size = Math.abs(offsetMinutes);
  return `${day}${between}${clock}${fraction}${offsetMinutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

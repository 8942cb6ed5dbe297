import { raised } from "./fault.ts";
import { divideInts, divmodInt } from "./numbers.ts";
import { asInstant, dateOf } from "./time.ts";
import { Day, Duration, Instant, TimeOfDay, type Value } from "./values.ts";

const US_PER_DAY = 86_400_000_000n;
const MOST_US = 999_999_999n * US_PER_DAY;

const isNumber = (value: Value): value is number | bigint | boolean =>
  typeof value === "number" || typeof value === "bigint" || typeof value === "boolean";

export const isAware = ({ offsetMinutes }: Instant | TimeOfDay): boolean => offsetMinutes !== null;
export const utcUs = ({ wallUs, offsetMinutes }: Instant): bigint => wallUs - BigInt(offsetMinutes ?? 0) * 60_000_000n;

export const sameZone = (a: Instant, b: Instant): boolean => a.rules !== undefined && a.rules === b.rules;

/** Arithmetic of dates, times and durations as Python does it; undefined where neither operand is one of them. */
export function ofTimes(operator: string, a: Value, b: Value): Value | undefined {
  if (a instanceof Duration && b instanceof Duration) return ofDurations(operator, a.us, b.us);
  if (a instanceof Duration && isNumber(b)) {
    if (operator === "*") return scaled(a.us, b, false);
    if (operator === "/") return scaled(a.us, b, true);
    if (operator === "//" && typeof b !== "number") return durationOf(divmodInt(a.us, BigInt(b))[0]);
    return undefined;
  }
  if (b instanceof Duration && isNumber(a)) return operator === "*" ? scaled(b.us, a, false) : undefined;
  if (a instanceof Instant && b instanceof Instant && operator === "-" && isAware(a) === isAware(b))
    return durationOf(sameZone(a, b) ? a.wallUs - b.wallUs : utcUs(a) - utcUs(b));
  if (a instanceof Day && b instanceof Day && operator === "-") return durationOf(BigInt(a.days - b.days) * US_PER_DAY);
  if (operator === "+" && a instanceof Duration && (b instanceof Instant || b instanceof Day)) return moved(b, a.us);
  if ((operator === "+" || operator === "-") && b instanceof Duration && (a instanceof Instant || a instanceof Day))
    return moved(a, operator === "+" ? b.us : -b.us);
  return undefined;
}

/** @throws TemplateFault where Python's timedelta overflows */
export function durationOf(us: bigint): Duration {
  if (us > MOST_US || us < -MOST_US) throw raised("days out of range");
  return new Duration(us);
}

function ofDurations(operator: string, a: bigint, b: bigint): Value | undefined {
  switch (operator) {
    case "+":
      return durationOf(a + b);
    case "-":
      return durationOf(a - b);
    case "/":
      return divideInts(a, b);
    case "//":
      return divmodInt(a, b)[0];
    case "%":
      return new Duration(divmodInt(a, b)[1]);
    default:
      return undefined;
  }
}

/** By a fraction, exactly; to whole microseconds, half to even. */
function scaled(us: bigint, by: number | bigint | boolean, inverse: boolean): Duration {
  const [over, under] = typeof by === "number" ? ratio(by) : [BigInt(by), 1n];
  const [numerator, denominator] = inverse ? [us * under, over] : [us * over, under];
  if (denominator === 0n) throw raised("division by zero");
  const [whole, rest] = divmodInt(numerator, denominator);
  const twice = rest * 2n;
  const up = denominator > 0n ? twice > denominator : twice < denominator;
  const half = twice === denominator;
  return durationOf(up || (half && whole % 2n !== 0n) ? whole + 1n : whole);
}

/** A float as numerator and denominator. */
export function ratio(value: number): [numerator: bigint, denominator: bigint] {
  if (!Number.isFinite(value)) throw raised("cannot convert to integer ratio");
  let under = 1n;
  let over = value;
  while (!Number.isInteger(over)) {
    over *= 2;
    under *= 2n;
  }
  return [BigInt(over), under];
}

function moved(value: Instant | Day, us: bigint): Instant | Day {
  const whole = value instanceof Day ? divmodInt(us, US_PER_DAY)[0] * US_PER_DAY : us;
  const { wallUs, offsetMinutes, rules } = asInstant(value);
  const movedUs = wallUs + whole;
  const instant = new Instant(movedUs, rules?.(Number(movedUs / 1000n)) ?? offsetMinutes, rules);
  const year = new Date(Number(instant.wallUs / 1000n)).getUTCFullYear();
  if (!(year >= 1 && year <= 9999)) throw raised("date value out of range");
  return value instanceof Day ? dateOf(instant) : instant;
}

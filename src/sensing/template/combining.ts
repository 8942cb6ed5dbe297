import { binary } from "./arithmetic.ts";
import { raised } from "./fault.ts";
import type { Runtime } from "./runtime.ts";
import { isNumeric } from "./operations.ts";
import { Dict, typeName, type Value } from "./values.ts";

export function combined(dicts: readonly Value[], recursive: boolean): Dict {
  const result = new Dict();
  for (const dict of dicts) {
    if (!(dict instanceof Dict)) throw raised(`combine expected a dict, got ${typeName(dict)}`);
    for (const [key, value] of dict.entries()) {
      const before = result.get(key);
      result.set(
        key,
        recursive && before instanceof Dict && value instanceof Dict ? combined([before, value], true) : value,
      );
    }
  }
  return result;
}

/** Python's sum of floats is compensated (Neumaier) since 3.12. */
export function compensatedSum(items: readonly (number | bigint | boolean)[], start: Value, runtime: Runtime): Value {
  if (!isNumeric(start)) return items.reduce<Value>((total, item) => binary("+", total, item, runtime.work), start);
  let at = 0;
  let exact: Value = start;
  while (at < items.length && typeof items[at] !== "number" && typeof exact !== "number") {
    exact = binary("+", exact, items[at] ?? 0n, runtime.work);
    at++;
  }
  let total = Number(exact as number);
  let lost = 0;
  for (; at < items.length; at++) {
    const item = Number(items[at]);
    const next = total + item;
    lost += Math.abs(total) >= Math.abs(item) ? total - next + item : item - next + total;
    total = next;
  }
  return Number.isFinite(lost) ? total + lost : total;
}

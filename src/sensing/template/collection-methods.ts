import { bind } from "./arguments.ts";
import { isEqual } from "./comparison.ts";
import { raised } from "./fault.ts";
import type { Runtime } from "./runtime.ts";
import type { Method } from "./methods.ts";
import { listOf } from "./operations.ts";
import { reprOf } from "./text.ts";
import { type Arguments, Dict, Lazy, PySet, Tuple, type Value } from "./values.ts";

export function dictMethod(dict: Dict, name: string): Method | undefined {
  const pairs = (): Value[] => [...dict.entries()].map((pair) => new Tuple(pair));
  switch (name) {
    case "get":
      return (_, given) => {
        if (given.named.size > 0) throw raised("dict.get() takes no keyword arguments");
        const [key, fallback] = bind("get", ["key", "default"], 1, given);
        return dict.get(key ?? null) ?? (dict.has(key ?? null) ? null : (fallback ?? null));
      };
    case "items":
      return () =>
        new Lazy(
          `dict_items(${reprOf(pairs())})`,
          () => pairs()[Symbol.iterator](),
          () => dict.size,
        );
    case "keys":
      return () =>
        new Lazy(
          `dict_keys(${reprOf([...dict.keys()])})`,
          () => dict.keys(),
          () => dict.size,
        );
    case "values":
      return () =>
        new Lazy(
          `dict_values(${reprOf([...dict.values()])})`,
          () => dict.values(),
          () => dict.size,
        );
    case "copy":
      return () => {
        const copy = new Dict();
        for (const [key, value] of dict.entries()) copy.set(key, value);
        return copy;
      };
    case "fromkeys":
      return ({ work }, given) => {
        const [keys, value] = bind("fromkeys", ["iterable", "value"], 1, given);
        const made = new Dict();
        for (const key of listOf(keys ?? null, work)) made.set(key, value ?? null);
        return made;
      };
    default:
      return undefined;
  }
}

export function sequenceMethod(items: readonly Value[], name: string): Method | undefined {
  if (name === "count")
    return ({ work }, given) => {
      const [wanted] = bind("count", ["value"], 1, given);
      work.spend(items.length);
      return BigInt(items.filter((item) => isEqual(item, wanted ?? null)).length);
    };
  if (name === "index")
    return ({ work }, given) => {
      const [wanted] = bind("index", ["value", "start", "stop"], 1, given);
      work.spend(items.length);
      const at = items.findIndex((item) => isEqual(item, wanted ?? null));
      if (at < 0) throw raised(`${reprOf(wanted ?? null)} is not in list`);
      return BigInt(at);
    };
  return undefined;
}

export function setMethod(set: PySet, name: string): Method | undefined {
  const has = (key: Value): boolean => set.members.has(key);
  const keys = (): Value[] => [...set.members.keys()];
  const others = (runtime: Runtime, { positional }: Arguments): PySet =>
    new PySet(positional.flatMap((one) => listOf(one, runtime.work)));
  switch (name) {
    case "union":
      return (runtime, given) => new PySet([...keys(), ...others(runtime, given).members.keys()]);
    case "intersection":
      return (runtime, given) => {
        const other = others(runtime, given);
        return new PySet(keys().filter((key) => other.members.has(key)));
      };
    case "difference":
      return (runtime, given) => {
        const other = others(runtime, given);
        return new PySet(keys().filter((key) => !other.members.has(key)));
      };
    case "issubset":
      return (runtime, given) => {
        const other = others(runtime, given);
        return keys().every((key) => other.members.has(key));
      };
    case "issuperset":
      return (runtime, given) => [...others(runtime, given).members.keys()].every(has);
    case "isdisjoint":
      return (runtime, given) => ![...others(runtime, given).members.keys()].some(has);
    case "copy":
      return () => new PySet(keys());
    default:
      return undefined;
  }
}

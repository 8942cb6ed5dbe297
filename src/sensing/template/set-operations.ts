import { withParameters } from "./arguments.ts";
import { raised } from "./fault.ts";
import type { Filter } from "./runtime.ts";
import { listOf } from "./operations.ts";
import { PySet, type Value } from "./values.ts";

export const setOperation = (name: string, pick: (a: PySet, b: PySet) => Value[]): Filter =>
  withParameters(
    name,
    ["other"],
    (runtime, value, [other]) => {
      const side = (one: Value): PySet => {
        if (typeof one === "string") throw raised(`${name} expected a list, got str`);
        return new PySet(listOf(one, runtime.work));
      };
      return pick(side(value), side(other ?? null));
    },
    1,
  );

export const members = (set: PySet): Value[] => [...set.members.keys()];

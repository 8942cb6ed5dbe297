import { isEqual } from "../template/comparison.ts";
import { parseJson } from "../template/strict-json.ts";
import { Dict } from "../template/values.ts";
import { Refused } from "./rules.ts";

/** @throws Refused where the text is no JSON object */
export function parseObject(text: string): Dict {
  const parsed = parseJson(text);
  if (!(parsed instanceof Dict)) throw new Refused("unable to parse the JSON payload");
  return parsed;
}

/** `{"migrate_discovery": true}`, alone, asks to let go (1 is equal to it); the payload is then empty. */
export function takeMigration(payload: Dict): boolean {
  const short = payload.get("migr_discvry");
  payload.delete("migr_discvry");
  if (short !== undefined && short !== null && short !== false && short !== "" && short !== 0n)
    payload.set("migrate_discovery", short);
  if (payload.size !== 1 || !isEqual(payload.get("migrate_discovery") ?? null, true)) return false;
  payload.delete("migrate_discovery");
  return true;
}

/** The device of a payload as one of its child devices has it. */
export function withChild(device: Dict, child: Dict): Dict {
  const whole = new Dict();
  for (const [key, value] of device.entries()) whole.set(key, value);
  const part = new Dict();
  for (const key of ["identifiers", "name"]) {
    const value = child.get(key);
    if (value !== undefined) part.set(key, value);
  }
  whole.set("child_device", part);
  return whole;
}

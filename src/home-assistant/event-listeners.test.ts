import { expect, it } from "vitest";
import { EventListeners } from "./event-listeners.ts";

const silent = { debug: () => undefined, info: () => undefined, warning: () => undefined, error: () => undefined };

it("names every type once for each connection, whenever somebody came to listen", () => {
  const events = new EventListeners(silent, ["area_registry_updated"]);
  events.add("call_service", () => undefined);
  const missing = (): string[] => {
    const types: string[] = [];
    for (let type = events.takeMissing(); type !== undefined; type = events.takeMissing()) types.push(type);
    return types;
  };
  expect(missing()).toEqual(["area_registry_updated", "call_service"]);
  events.add("call_service", () => undefined);
  events.add("late", () => undefined);
  expect(missing()).toEqual(["late"]);
  events.forget();
  expect(missing()).toEqual(["area_registry_updated", "call_service", "late"]);
});

it("tells everybody who listens to a type, until they stop", () => {
  const events = new EventListeners(silent, []);
  const heard: string[] = [];
  const first = events.add(
    "call_service",
    ({ domain }, contextId) => void heard.push(`first ${String(domain)} ${contextId}`),
  );
  events.add("call_service", ({ domain }) => void heard.push(`second ${String(domain)}`));
  events.tell("call_service", { data: { domain: "light" }, context: { id: "c1" } });
  first.stop();
  events.tell("call_service", { data: { domain: "switch" } });
  events.tell("other", {});
  expect(heard).toEqual(["first light c1", "second light", "second switch"]);
});

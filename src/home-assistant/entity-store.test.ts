import { expect, it } from "vitest";
import { EntityStore } from "./entity-store.ts";

const opened = (): EntityStore => {
  const store = new EntityStore();
  store.apply({ a: { "light.a": { s: "on", a: { brightness: 10, name: "A" }, c: "c1", lc: 100.5, lu: 101 } } });
  return store;
};

it("takes the first picture, with times in ms", () => {
  expect(opened().get("light.a")).toEqual({
    entityId: "light.a",
    state: "on",
    attributes: { brightness: 10, name: "A" },
    contextId: "c1",
    lastChangedMs: 100_500,
    lastUpdatedMs: 101_000,
  });
});

it("applies differences, of attributes too, and says what was there before", () => {
  const store = opened();
  const [change] = store.apply({
    c: { "light.a": { "+": { a: { brightness: 20 }, c: { id: "c2" }, lu: 102 }, "-": { a: ["name"] } } },
  });
  expect(change?.before?.attributes).toEqual({ brightness: 10, name: "A" });
  expect(change?.now).toMatchObject({
    state: "on",
    attributes: { brightness: 20 },
    contextId: "c2",
    lastChangedMs: 100_500,
    lastUpdatedMs: 102_000,
  });
  const [off] = store.apply({ c: { "light.a": { "+": { s: "off", lc: 103 } } } });
  expect(off?.now).toMatchObject({ state: "off", lastChangedMs: 103_000, lastUpdatedMs: 103_000, contextId: "c2" });
});

it("removes, and ignores what it never knew", () => {
  const store = opened();
  expect(store.apply({ r: ["light.a", "light.b"] }).map(({ entityId, now }) => [entityId, now])).toEqual([
    ["light.a", undefined],
  ]);
  expect(store.apply({ c: { "light.a": { "+": { s: "on" } } } })).toEqual([]);
  expect(store.all()).toEqual([]);
});

it("finds out after an absence what is new, what changed and what is gone, and tells nothing else", () => {
  const store = opened();
  store.apply({ a: { "light.same": { s: "on", c: "c", lc: 5 }, "light.gone": { s: "on", c: "c", lc: 5 } } });
  store.restart();
  const changes = store.apply({
    a: {
      "light.a": { s: "off", c: "c9", lc: 200 },
      "light.same": { s: "on", c: "c", lc: 5 },
      "light.new": { s: "on", c: "c", lc: 7 },
    },
  });
  expect(changes.map(({ entityId, now, before }) => [entityId, before?.state, now?.state])).toEqual([
    ["light.gone", "on", undefined],
    ["light.a", "on", "off"],
    ["light.new", undefined, "on"],
  ]);
});

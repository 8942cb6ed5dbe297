import fc from "fast-check";
import { expect, it } from "vitest";
import { type Changes, type Subscription, Subscriptions } from "./subscriptions.ts";
import { isCovered, topicFits } from "./topic-filters.ts";

const level = fc.constantFrom("a", "b", "+");
const filter = fc
  .tuple(fc.array(level, { minLength: 1, maxLength: 3 }), fc.constantFrom("", "", "/#"))
  .map(([levels, end]) => levels.join("/") + end);
const anyFilter = fc.oneof({ weight: 9, arbitrary: filter }, { weight: 1, arbitrary: fc.constant("#") });
const topic = fc
  .array(fc.constantFrom("a", "b", "$x"), { minLength: 1, maxLength: 4 })
  .map((levels) => levels.join("/"));
const ignore = (): void => undefined;

it("takes a filter for covered only where the other brings every topic of it", () => {
  fc.assert(
    fc.property(anyFilter, anyFilter, topic, (one, by, name) => {
      if (!isCovered(one, by)) return;
      expect(isCovered(by, one)).toBe(false);
      if (topicFits(one, name)) expect(topicFits(by, name)).toBe(true);
    }),
    { numRuns: 2_000 },
  );
  expect(isCovered("$SYS/a", "#")).toBe(false);
  expect(isCovered("$share/g/a/b", "a/+")).toBe(false);
  expect(isCovered("a/b", "$share/g/a/+")).toBe(false);
});

/** What the broker has after all it was asked. */
function apply(broker: Map<string, 0 | 1>, { ask, end }: Changes): void {
  for (const one of ask) broker.set(one.filter, one.qos);
  for (const one of end) broker.delete(one);
}

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("add" as const),
      filter: anyFilter,
      qos: fc.constantFrom(0 as const, 1 as const),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("delete" as const), which: fc.nat(20) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("flush" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("connect" as const) }) },
);

it("asks for all that is wanted, at the QoS it is wanted, and never for two of which one covers the other", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const subscriptions = new Subscriptions();
      const broker = new Map<string, 0 | 1>();
      const wanted: Subscription[] = [];
      for (const one of [...steps, { kind: "flush" as const }]) {
        if (one.kind === "add") wanted.push(subscriptions.add(one.filter, one.qos, ignore));
        else if (one.kind === "delete") wanted.splice(one.which, 1).forEach((gone) => subscriptions.delete(gone));
        else apply(broker, one.kind === "connect" ? subscriptions.everything() : subscriptions.changes());
        if (one.kind === "add" || one.kind === "delete") continue;
        for (const { filter: name, qos } of wanted) {
          const bringing = [...broker].filter(([asked]) => asked === name || isCovered(name, asked));
          expect(bringing, `${name} of ${[...broker.keys()].join(" ")}`).not.toEqual([]);
          expect(Math.max(...bringing.map(([, granted]) => granted))).toBeGreaterThanOrEqual(qos);
        }
        for (const asked of broker.keys()) {
          expect(wanted.map((other) => other.filter)).toContain(asked);
          expect([...broker.keys()].filter((other) => isCovered(asked, other))).toEqual([]);
        }
      }
    }),
    { numRuns: 1_000 },
  );
});

it("asks for what a refused filter would have covered", () => {
  const subscriptions = new Subscriptions();
  subscriptions.add("a/+", 1, ignore);
  subscriptions.add("a/b", 1, ignore);
  expect(subscriptions.changes().ask.map((one) => one.filter)).toEqual(["a/+"]);
  subscriptions.refuse("a/+");
  expect(subscriptions.changes().ask.map((one) => one.filter)).toEqual(["a/b"]);
  subscriptions.add("a/c", 1, ignore);
  expect(subscriptions.changes().ask.map((one) => one.filter)).toEqual(["a/c"]);
});

import fc from "fast-check";
import { expect, it } from "vitest";
import { placeTags } from "./tags.ts";

const project = ([x, , z]: readonly [number, number, number]) => ({ x, y: z });
const tag = (x: number, z: number, isNode: boolean, width = 110, height = 34) => ({
  at: [x, 0, z] as const,
  width,
  height,
  isNode,
});

it("puts figures on a stage without one over another, wherever their things stand", () => {
  const spot = fc.tuple(fc.integer({ min: -50, max: 450 }), fc.integer({ min: -50, max: 420 }));
  fc.assert(
    fc.property(fc.array(spot, { maxLength: 7 }), (spots) => {
      const placed = placeTags(
        spots.map(([x, z]) => tag(x, z, true)),
        project,
        390,
        360,
      );
      placed.forEach((a, i) => {
        expect(a.left).toBeGreaterThanOrEqual(4);
        expect(a.left + 110).toBeLessThanOrEqual(386);
        expect(a.top + 34).toBeLessThanOrEqual(356);
        for (const b of placed.slice(i + 1))
          expect(Math.abs(a.left - b.left) >= 110 || Math.abs(a.top - b.top) >= 34).toBe(true);
      });
    }),
  );
});

it("leaves a figure where it belongs while it has the place for itself", () => {
  const [one] = placeTags([tag(200, 200, true)], project, 400, 400);
  expect(one).toMatchObject({ left: 145, top: 160, shown: true });
});

it("hides the name of a room rather than writing it over a figure or another name", () => {
  const names = [tag(200, 200, false, 80, 14), tag(210, 205, false, 80, 14), tag(200, 330, false, 80, 14)];
  const placed = placeTags([tag(200, 206, true), ...names.slice(0, 1), ...names.slice(2)], project, 400, 400);
  expect(placed.map(({ shown }) => shown)).toEqual([true, false, true]);
  expect(placeTags(names, project, 400, 400).map(({ shown }) => shown)).toEqual([true, false, true]);
});

import { expect, it } from "vitest";
import { inPlace } from "./in-place.ts";

const same = (one: string): string => one;

it("keeps what was seen where it was, drops what has gone and puts what is new last", () => {
  expect(inPlace(["d", "c", "e", "a"], ["a", "b", "c"], same)).toEqual(["a", "c", "d", "e"]);
  expect(inPlace(["b", "a"], [], same)).toEqual(["b", "a"]);
});

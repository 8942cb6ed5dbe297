import { expect, it } from "vitest";
import { readConfig } from "./card-config.ts";

it("works without any configuration and never changes the one it is given", () => {
  const given = Object.freeze({ type: "custom:hypervolt-card" });
  expect(readConfig(given)).toEqual(given);
  expect(readConfig(given)).not.toBe(given);
});

it.each([
  [null, /empty/],
  [{ view: "4d" }, /"view" must be one of auto, 2d/],
  [{ tint: "red" }, /"tint" must be one of/],
  [{ title: 7 }, /"title" must be text/],
  [{ app: 3 }, /"app" must be a slug/],
  [{ rooms: [] }, /"rooms" must map/],
  [{ rooms: { kitchen: { w: 0 } } }, /rooms\.kitchen\.w must be metres/],
])("says what is wrong with %j", (config, words) => {
  expect(() => readConfig(config)).toThrow(words);
});

import { expect, it } from "vitest";
import { SENSOR_ROLES, TABLES } from "./record-tables.ts";
import { titleOf } from "./record-titles.ts";

it("names fields with their units, in English by their own names", () => {
  expect(titleOf("max_import_w", "en-GB")).toBe("Max import (W)");
  expect(titleOf("max_import_w", "de-AT")).toBe("Höchster Bezug (W)");
  expect(titleOf("soc", "nl")).toBe("Lading");
  expect(titleOf("something_new", "fr")).toBe("Something new");
});

it("has words of other languages for every column, filter and role; chemistry is the same in all", () => {
  const fields = TABLES.flatMap(({ columns, filters }) => [
    ...columns,
    ...Object.keys(filters),
    ...Object.values(filters).flatMap((values) => values ?? []),
  ]);
  const untranslated = [...new Set([...fields, ...SENSOR_ROLES])].filter((field) =>
    ["de", "fr", "es", "nl"].every((language) => titleOf(field, language) === titleOf(field, "en")),
  );
  expect(untranslated).toEqual(["co2"]);
});

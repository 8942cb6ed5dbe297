import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { ERRORS } from "./errors.ts";

it("explains every error code in docs/errors.md, and no other", () => {
  const manual = readFileSync(new URL("../../docs/errors.md", import.meta.url), "utf8");
  const rows = [...manual.matchAll(/^\| `([A-Z_]+)` \| (.*?) \| (.*?) \|$/gm)];
  expect(Object.fromEntries(rows.map(([, code, meaning]) => [code, meaning]))).toEqual(ERRORS);
  expect(rows.filter(([, , , todo]) => (todo ?? "").trim() === "").map(([, code]) => code)).toEqual([]);
});

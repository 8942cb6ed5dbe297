import { expect, it } from "vitest";
import { saidNotice } from "./said-notice.ts";

it("gives a sentence to readers of English and, among the values, to those of other languages", () => {
  expect(saidNotice("home-issue", "Your home", "No meter tells of the grid.", "info")).toEqual({
    kind: "home-issue",
    values: { detail: "No meter tells of the grid." },
    title: "Your home",
    detail: "No meter tells of the grid.",
    severity: "info",
  });
});

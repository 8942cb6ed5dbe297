import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { speechOf } from "../../card/src/lang/words.ts";
import { METHOD, METHOD_KIND } from "../../src/accounting/method.ts";
import { whyUnseen } from "../../src/acting/device-view.ts";
import { unknownSentences } from "../harness/known-sentences.ts";

it.each(["de", "fr", "es", "nl"])(
  "says in %s how the ledger comes to its figures, paragraph by paragraph",
  async (language) => {
    const said = (await speechOf(language)).told?.methods[METHOD_KIND] ?? "";
    expect(said.split("\n\n")).toHaveLength(METHOD.split("\n\n").length);
    expect(said.length).toBeGreaterThan(METHOD.length * 0.8);
  },
);

it("names the ledger's method anew with another text, so that no language says what no longer holds", () => {
  const print = createHash("sha256").update(METHOD).digest("hex").slice(0, 16);
  expect([METHOD_KIND, print]).toEqual(["other-course-1", "e8f21ee08fda8564"]);
});

it("has words of every language for why a device cannot be seen", () => {
  const states = [undefined, "unavailable", "unknown"];
  expect(unknownSentences(states.map((state) => `Desk lamp (light.desk): ${whyUnseen(state)}.`))).toEqual([]);
});

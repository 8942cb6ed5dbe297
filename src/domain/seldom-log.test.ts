import { expect, it } from "vitest";
import type { Log } from "./log.ts";
import { seldomLog } from "./seldom-log.ts";

it("says a thing once a minute, and how often it was held back", () => {
  let nowMs = 0;
  const lines: unknown[] = [];
  const note: Log["info"] = (message, fields) => void lines.push([message, fields]);
  const log = seldomLog({ debug: note, info: note, warning: note, error: note }, { nowMs: () => nowMs });
  for (let i = 0; i < 1_000; i++) {
    log.warning("refused", { i });
    nowMs += 100;
  }
  log.error("another matter");
  nowMs -= 3_600_000; // the clock was set back: that is no reason for silence
  log.warning("refused", { i: "last" });
  expect(lines).toEqual([
    ["refused", { i: 0 }],
    ["refused", { i: 600, heldBack: 599 }],
    ["another matter", undefined],
    ["refused", { i: "last", heldBack: 399 }],
  ]);
});

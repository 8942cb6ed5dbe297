import { expect, it } from "vitest";
import { createNotices } from "./notices.ts";

const silent = { debug: () => undefined, info: () => undefined, warning: () => undefined, error: () => undefined };

/** Home Assistant's notifications, by id. */
function shelf(standing: Record<string, string> = {}) {
  const shown = new Map(Object.entries(standing));
  const calls: string[] = [];
  return {
    shown,
    calls,
    connected: () => true,
    ask: async () => [...shown.keys()].map((notification_id) => ({ notification_id, title: "", message: "" })),
    callService: async (_: string, service: string, data: Readonly<Record<string, unknown>> = {}) => {
      const id = String(data["notification_id"]);
      calls.push(`${service} ${id}`);
      if (service === "create") shown.set(id, String(data["message"]));
      else shown.delete(id);
      return { contextId: null, response: null };
    },
  };
}
const notice = (id: string, message = "Do it.") => ({ id, title: "To do", message });

it("shows what is new or changed, once, and lets go of what is settled", async () => {
  const home = shelf();
  const notices = createNotices(home, silent);
  await notices.show([notice("a"), notice("b")]);
  await notices.show([notice("a"), notice("b", "Do it now.")]);
  await notices.show([notice("b", "Do it now.")]);
  expect(home.calls).toEqual(["create hypervolt_a", "create hypervolt_b", "create hypervolt_b", "dismiss hypervolt_a"]);
  home.shown.delete("hypervolt_b"); // a person dismissed it
  await notices.show([notice("b", "Do it now.")]);
  expect(home.shown.size).toBe(0);
});

it("lets go of what an earlier run had shown and is settled, and touches nobody else's", async () => {
  const home = shelf({ hypervolt_gone: "old", hypervolt_stands: "old", somebody: "else" });
  await createNotices(home, silent).show([notice("stands")]);
  expect([...home.shown]).toEqual([
    ["hypervolt_stands", "Do it."],
    ["somebody", "else"],
  ]);
});

import { expect, it } from "vitest";
import { createNotices } from "./notices.ts";

const silent = { debug: () => undefined, info: () => undefined, warning: () => undefined, error: () => undefined };

/** Home Assistant's notifications, by id. */
function shelf(standing: Record<string, string> = {}) {
  const shown = new Map(Object.entries(standing));
  const calls: string[] = [];
  const connects: (() => void | Promise<void>)[] = [];
  return {
    shown,
    calls,
    connected: () => true,
    onConnect(run: () => void | Promise<void>) {
      connects.push(run);
      return { stop: () => undefined };
    },
    reconnect: () => connects.forEach((run) => void run()),
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

it("shows again after a restart what still holds, once, and not what a person had dismissed", async () => {
  const home = shelf();
  const notices = createNotices(home, silent);
  const matters = [notice("a"), notice("b"), notice("c")];
  await notices.show(matters);
  home.shown.delete("hypervolt_b"); // a person dismissed it
  await notices.show(matters);
  home.shown.clear(); // Home Assistant restarted
  home.reconnect();
  await Promise.all([notices.show(matters.slice(0, 2)), notices.show(matters.slice(0, 2))]);
  expect([...home.shown.keys()]).toEqual(["hypervolt_a"]);
  expect(home.calls.filter((call) => call === "create hypervolt_a")).toHaveLength(2);
  home.reconnect(); // the connection was lost, Home Assistant was not
  await notices.show(matters.slice(0, 2));
  expect(home.calls.filter((call) => call.startsWith("create"))).toHaveLength(4);
  await notices.show([notice("b", "Do it now.")]);
  expect([...home.shown]).toEqual([["hypervolt_b", "Do it now."]]);
});

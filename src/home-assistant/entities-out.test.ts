import { expect, it } from "vitest";
import { TestClock } from "../../tests/harness/acting-house.ts";
import type { Broker, BrokerMessage } from "../domain/broker.ts";
import { announceHyperVolt, type OutCommand } from "./entities-out.ts";

/** HyperVolt's entities at a broker of which the test is every other client. */
function announced() {
  const clock = new TestClock();
  const handlers = new Map<string, (message: BrokerMessage) => void>();
  const published: string[] = [];
  const lines: (Readonly<Record<string, unknown>> | undefined)[] = [];
  const commands: OutCommand[] = [];
  const broker: Broker = {
    publish: async (topic, payload) => void published.push(`${topic} ${String(payload)}`),
    subscribe: (filter, _qos, run) => {
      handlers.set(filter, run);
      return { unsubscribe: () => undefined };
    },
    onConnect: (run) => run(),
    onDisconnect: () => undefined,
    state: () => ({ name: "broker", state: "ok", sinceMs: 0, detail: null, todo: null }),
    close: async () => undefined,
  };
  const silent = (): void => undefined;
  const out = announceHyperVolt({
    broker,
    clock,
    log: { debug: silent, info: silent, error: silent, warning: (_, fields) => void lines.push(fields) },
    discoveryPrefix: "homeassistant",
    facts: { version: "1.0.0", currency: "EUR", language: "en" },
    onCommand: (command) => void commands.push(command),
  });
  const send = (topic: string, text: string, retain = false): void =>
    handlers.get(topic)?.({ topic, payload: Buffer.from(text), qos: 1, retain, acknowledge: silent });
  return { clock, out, published, lines, commands, send };
}

it("answers every refused command with what holds, and says so once a minute", async () => {
  const { clock, out, published, lines, commands, send } = announced();
  out.show({ lightFloorPct: 10, mode: "advise" });
  published.length = 0;
  for (let i = 0; i < 500; i++) send("hypervolt/light_floor/set", `${1_000 + i}`);
  for (const text of ["", "NaN", "-1", "\u0000", "x".repeat(70_000)]) send("hypervolt/mode/set", text);
  expect(published.filter((line) => line === "hypervolt/light_floor/state 10")).toHaveLength(500);
  expect(published.filter((line) => line === "hypervolt/mode/state advise")).toHaveLength(5);
  expect([lines.length, commands.length]).toEqual([1, 0]);
  await clock.advance(61_000);
  send("hypervolt/light_floor/set", "101");
  expect(lines.at(-1)).toMatchObject({ entity: "hypervolt_light_floor", text: "101", heldBack: 504 });
});

it("shows what made the load's forecast and how far off it was, also while no day has judged it", () => {
  const { out, published } = announced();
  const shown = (): unknown =>
    JSON.parse((published.at(-1) ?? "").replace(/^hypervolt\/load_forecast\/attributes /, ""));
  const model = "blend(70% trees, 30% naive)";
  out.show({ loadForecastSkill: { model, issuedAtMs: 0, errorW: 81.4, likeYesterdayErrorW: 140.2 } });
  expect(shown()).toMatchObject({ model, issued_at: "1970-01-01T00:00:00Z", mean_error_w: 81 });
  expect(shown()).toMatchObject({ mean_error_like_yesterday_w: 140, judged_on: expect.stringContaining("four weeks") });
  out.show({ loadForecastSkill: { model: "prior", issuedAtMs: 0, errorW: null, likeYesterdayErrorW: null } });
  expect(shown()).toMatchObject({ model: "prior", mean_error_w: null, judged_on: "nothing yet" });
});

it("takes a good command among them, and none that the broker kept", () => {
  const { commands, send } = announced();
  send("hypervolt/mode/set", "auto", true);
  send("hypervolt/mode/set", "everything");
  send("hypervolt/mode/set", "off");
  send("hypervolt/carbon_weight/set", "0.25");
  expect(commands).toEqual([
    { kind: "mode", mode: "off" },
    { kind: "carbon_weight", value: 0.25 },
  ]);
});

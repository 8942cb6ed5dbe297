import { cp, mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Decision } from "../../../src/domain/decision.ts";
import { installCard, removeCard } from "../../../src/home-assistant/card-install.ts";
import { announceHyperVolt, type EntitiesOut, type OutCommand } from "../../../src/home-assistant/entities-out.ts";
import { createNotices } from "../../../src/home-assistant/notices.ts";
import { homeAssistantIsThere, until } from "../../harness/home-assistant-core.ts";
import { clock, log, openRealHome, type RealHome } from "./real-home.ts";

const ROOT = path.resolve(import.meta.dirname, "../../..");
const NOTIFIED = "automation.notified";
const AUTOMATIONS = `
- id: notified
  alias: Notified
  use_blueprint:
    path: hypervolt/notify_on_decision.yaml
    input: {}
- id: asked
  alias: Asked
  use_blueprint:
    path: hypervolt/ask_before_running.yaml
    input: { notify_action: notify.persistent_notification, minutes: 1 }
- id: guests
  alias: Guests
  use_blueprint:
    path: hypervolt/skip_when_guests_are_here.yaml
    input: { guests: binary_sensor.guests }
`;

describe.runIf(homeAssistantIsThere())("a good citizen of a real Home Assistant", () => {
  let real: RealHome;
  let out: EntitiesOut;
  const commands: OutCommand[] = [];
  const notices = async (): Promise<readonly { notification_id: string; title: string; message: string }[]> =>
    (await real.home.ask({ type: "persistent_notification/get" })) as [];
  const decide = (decisionId: string, more: Partial<Decision>): void =>
    out.decide({
      decisionId,
      atMs: 0,
      deviceId: "fan",
      entityId: "switch.fan",
      action: { kind: "turn_on" },
      reason: "The sun shines.",
      alternative: null,
      inputs: {},
      status: "confirmed",
      statusDetail: null,
      contextId: null,
      ...more,
    });

  beforeAll(async () => {
    real = await openRealHome("e2e-citizen");
    out = announceHyperVolt({
      broker: real.broker,
      clock,
      log,
      discoveryPrefix: "homeassistant",
      facts: { version: "0.1.0", currency: "EUR", language: "de" },
      onCommand: (command) => void commands.push(command),
    });
    out.show({ mode: "auto" });
    const announce = (component: string, id: string, config: object): Promise<void> =>
      real.broker.publish(
        `homeassistant/${component}/${id}/config`,
        JSON.stringify({
          unique_id: id,
          default_entity_id: `${component}.${id}`,
          state_topic: `test/${id}`,
          ...config,
        }),
        { qos: 1, retain: true },
      );
    await announce("switch", "fan", { name: "Fan", command_topic: "test/fan/set" });
    await announce("binary_sensor", "guests", { name: "Guests" });
    await real.broker.publish("test/fan", "OFF", { qos: 1, retain: true });
    await real.broker.publish("test/guests", "OFF", { qos: 1, retain: true });
    await cp(
      path.join(ROOT, "blueprints/automation/hypervolt"),
      path.join(real.config, "blueprints/automation/hypervolt"),
      { recursive: true },
    );
    await writeFile(path.join(real.config, "automations.yaml"), AUTOMATIONS);
    await until("the decision entity", () => real.home.entity("event.hypervolt_decision"));
    await real.home.callService("automation", "reload");
    await until("the automations", () => real.home.entity(NOTIFIED)?.state === "on");
  });
  afterAll(async () => {
    out?.close();
    await real?.close();
  });

  it("speaks Home Assistant's language, under the same entity ids", () => {
    expect(real.home.entity("select.hypervolt_mode")?.attributes["friendly_name"]).toBe("HyperVolt Modus");
  });

  it("has blueprints that Home Assistant takes", () => {
    for (const name of ["notified", "asked", "guests"])
      expect([name, real.home.entity(`automation.${name}`)?.state]).toEqual([name, "on"]);
  });

  it("notifies on a decision, of the kinds the user wants to hear of", async () => {
    // Home Assistant listens to an event entity's topic a moment after it was announced.
    await until("the first event", () => {
      decide("quiet", { status: "sent" });
      return real.home.entity("event.hypervolt_decision")?.attributes["decision_id"] === "quiet";
    });
    decide("told", { status: "failed", statusDetail: "It did not answer." });
    const told = await until("the notice", async () =>
      (await notices()).find(({ title }) => title === "HyperVolt: Fan"),
    );
    expect(told.message).toBe("turn on (failed). The sun shines. It did not answer.");
    expect((await notices()).filter(({ title }) => title === "HyperVolt: Fan")).toHaveLength(1);
  });

  it("asks before running, and runs only on a yes", async () => {
    const presses: string[] = [];
    real.broker.subscribe("test/fan/set", 1, ({ payload, acknowledge }) => {
      acknowledge();
      presses.push(Buffer.from(payload).toString());
    });
    const answer = (action: string): Promise<unknown> =>
      real.home.ask({ type: "fire_event", event_type: "mobile_app_notification_action", event_data: { action } });
    decide("one", { status: "advised" });
    await until("the question", async () => (await notices()).some(({ title }) => title === "Run Fan now?"));
    await answer("HYPERVOLT_LEAVE_one");
    decide("two", { status: "advised" });
    await until(
      "the second question",
      async () => (await notices()).filter(({ title }) => title === "Run Fan now?").length === 2,
    );
    expect(presses).toEqual([]);
    await until("the fan", async () => {
      await answer("HYPERVOLT_RUN_two");
      return presses.length > 0;
    });
    expect(presses[0]).toBe("ON");
  });

  it("only advises while guests are here, and goes on afterwards", async () => {
    await real.broker.publish("test/guests", "ON", { qos: 1, retain: true });
    await until("advise", () => commands.at(-1)?.kind === "mode");
    expect(commands.at(-1)).toEqual({ kind: "mode", mode: "advise" });
    out.show({ mode: "advise" });
    await until("shown", () => real.home.entity("select.hypervolt_mode")?.state === "advise");
    await real.broker.publish("test/guests", "OFF", { qos: 1, retain: true });
    await until("auto", () => commands.length > 1);
    expect(commands.at(-1)).toEqual({ kind: "mode", mode: "auto" });
  });

  it("shows a notice while a person must act, and takes it away afterwards", async () => {
    const shown = createNotices(real.home, log);
    const ours = async (): Promise<string[]> =>
      (await notices())
        .filter(({ notification_id }) => notification_id.startsWith("hypervolt_"))
        .map(({ message }) => message);
    await shown.show([{ id: "gone", title: "HyperVolt", message: "A sensor is gone." }]);
    expect(await ours()).toEqual(["A sensor is gone."]);
    await shown.show([]);
    expect(await ours()).toEqual([]);
    await shown.show([{ id: "gone", title: "HyperVolt", message: "A sensor is gone." }]);
    // HyperVolt was restarted, and the matter is settled.
    await createNotices(real.home, log).show([]);
    expect(await ours()).toEqual([]);
  });

  it("puts its card into the dashboards, updates it by a versioned URL, and removes it", async () => {
    const cardFolder = path.join(real.config, "card-built");
    await mkdir(cardFolder);
    await writeFile(path.join(cardFolder, "hypervolt-card.js"), "export const one = 1;\n");
    await writeFile(path.join(cardFolder, "chunk-a1.js"), "");
    await writeFile(path.join(cardFolder, "panel.html"), "");
    await rm(path.join(real.config, "www"), { recursive: true, force: true });
    const parts = { configFolder: real.config, cardFolder, version: "0.1.0" };
    const resources = async (): Promise<string[]> =>
      ((await real.home.ask({ type: "lovelace/resources" })) as { url: string }[]).map(({ url }) => url);

    const first = await installCard(real.home.ask, parts);
    expect(first.kind).toBe("restart_needed");
    const again = await installCard(real.home.ask, parts);
    expect(again).toMatchObject({ kind: "installed", changed: false });
    expect(await resources()).toEqual([again.kind === "installed" ? again.url : ""]);
    const folder = path.join(real.config, "www/hypervolt");
    expect((await readdir(folder)).sort()).toEqual(["chunk-a1.js", "hypervolt-card.js"]);

    await writeFile(path.join(cardFolder, "hypervolt-card.js"), "export const two = 2;\n");
    await rm(path.join(cardFolder, "chunk-a1.js"));
    const updated = await installCard(real.home.ask, parts);
    expect(updated).toMatchObject({ kind: "installed", changed: true });
    expect(await resources()).toEqual([updated.kind === "installed" ? updated.url : ""]);
    expect(updated).not.toEqual(again);
    expect(await readdir(folder)).toEqual(["hypervolt-card.js"]);

    await removeCard(real.home.ask, real.config);
    expect(await resources()).toEqual([]);
    await expect(stat(folder)).rejects.toThrow();
    expect(await installCard(real.home.ask, { ...parts, configFolder: "/nowhere" })).toMatchObject({
      kind: "no_folder",
    });
  });
});

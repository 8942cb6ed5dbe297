import { connectAsync } from "mqtt";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Zone } from "../../../src/domain/civil-time.ts";
import { createSensing, type Sensing } from "../../../src/sensing/sensing.ts";
import { Payload, Template, TemplateFault, TemplateSyntaxFault } from "../../../src/sensing/template/template.ts";
import { HomeAssistantSocket } from "../../harness/discovery/home-assistant-entities.ts";
import { drawScenes } from "../../harness/discovery/scenes.ts";
import { SideBySide } from "../../harness/discovery/side-by-side.ts";
import { Draw } from "../../harness/discovery/scene-parts.ts";
import { drawTemplates, PAYLOAD } from "../../harness/discovery/templates.ts";
import { drawWildTemplates } from "../../harness/discovery/wild-templates.ts";
import { homeAssistantIsThere } from "../../harness/home-assistant-core.ts";
import { clock, log, openRealHome, type RealHome } from "./real-home.ts";

/** More of both, and others, by hand: SCENES=2000 TEMPLATES=20000 SEED=7 FAMILIES=device,life. */
const SCENES = Number(process.env["SCENES"] ?? 270);
const TEMPLATES = Number(process.env["TEMPLATES"] ?? 1_500);
const SEED = Number(process.env["SEED"] ?? 20_261_121);
const FAMILIES = process.env["FAMILIES"]?.split(",");
const AT_ONCE = 90;
const TIMEZONE = "Europe/Berlin";
const ZONE = new Zone(TIMEZONE);
const WORLD = { nowMs: () => Date.now(), zoneOffsetMinutes: (atMs: number) => ZONE.offsetMs(atMs) / 60_000 };
/** Of drawn templates, this share may differ: printed generators, the order of sets, the last digit of a logarithm. */
const MOST_DIFFERING = 0.03;

describe.runIf(homeAssistantIsThere())("discovery side by side with a real Home Assistant", () => {
  let real: RealHome;
  let socket: HomeAssistantSocket;
  let sensing: Sensing;

  beforeAll(async () => {
    real = await openRealHome("e2e-discovery");
    socket = await HomeAssistantSocket.open(real.url, real.token);
    sensing = createSensing({
      broker: real.broker,
      clock,
      log,
      timezone: TIMEZONE,
      onReading: ({ committed }) => committed?.(),
    });
  });
  afterAll(async () => {
    socket?.close();
    sensing?.close();
    await real?.close();
  });

  it("has the same sensors with the same values after every step of drawn scenes", { timeout: 1_800_000 }, async () => {
    const publisher = await connectAsync(real.mosquitto.url);
    const both = new SideBySide(publisher, socket, () => sensing.sensors());
    await both.settle();
    const wrong: unknown[] = [];
    for (let first = 0; first < SCENES; first += AT_ONCE) {
      const found = await both.play(drawScenes(SEED + first, Math.min(AT_ONCE, SCENES - first), FAMILIES));
      for (const { scene, round, differences } of found)
        wrong.push({ scene: scene.id, about: scene.about, round, differences, steps: scene.steps });
    }
    await publisher.endAsync();
    expect(wrong).toEqual([]);
  });

  it("gives what Home Assistant gives for nearly every drawn template", { timeout: 600_000 }, async () => {
    const differing: unknown[] = [];
    let compared = 0;
    for (const template of [...drawTemplates(SEED, TEMPLATES), ...drawWildTemplates(new Draw(SEED), TEMPLATES)]) {
      const ours = outcomeOf(template);
      if (ours === UNKNOWN) continue;
      const theirs = await askHomeAssistant(template);
      compared++;
      if (ours !== theirs) differing.push({ template, ours, theirs });
    }
    expect(compared).toBeGreaterThan(TEMPLATES * 1.8);
    expect(differing.slice(0, differing.length > compared * MOST_DIFFERING ? 50 : 0)).toEqual([]);
  });

  async function askHomeAssistant(template: string): Promise<string> {
    const body = `{"template":${JSON.stringify(template)},"variables":{"value":${JSON.stringify(PAYLOAD)},"value_json":${PAYLOAD}}}`;
    const answer = await fetch(`${real.url}/api/template`, {
      method: "POST",
      headers: { authorization: `Bearer ${real.token}`, "content-type": "application/json" },
      body,
    });
    const text = await answer.text();
    return answer.ok ? `= ${text.trim()}` : FAULT;
  }
});

const FAULT = "a fault";
const UNKNOWN = "only Home Assistant knows";

function outcomeOf(template: string): string {
  try {
    return `= ${new Template(template).render(new Payload(PAYLOAD), new Map(), WORLD)}`;
  } catch (error) {
    if (error instanceof TemplateFault) return error.kind === "unknown" ? UNKNOWN : FAULT;
    if (error instanceof TemplateSyntaxFault) return FAULT;
    throw error;
  }
}

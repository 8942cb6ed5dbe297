import type { LedgerDto, LedgerTotalsDto, OverrideDto, PlanOutcomeDto } from "../../../src/serving/messages.ts";
import type { Hass, StateObj } from "../types/ha.ts";
import { energySetup, numberOf } from "./energy-setup.ts";
import type { EnergySetup } from "./energy-setup.ts";
import { alertsOf } from "./hass-alerts.ts";
import { decisionOf, loadDecisions, loadHistory, newestOfEach } from "./hass-history.ts";
import { homeFromHass, nameOf } from "./hass-home.ts";
import { publishedIds } from "./hypervolt-entities.ts";
import type { Published, PublishedIds } from "./hypervolt-entities.ts";
import { planFromAttributes } from "./plan-attributes.ts";
import { comfortSetting, LiveSource } from "./source.ts";
import type { HomeSource, Mode, Setting, SettingChange, Settings } from "./source.ts";

const REFRESH_MS = 5 * 60_000;
const SETTLE_MS = 250;
const MODES: readonly Mode[] = ["auto", "advise", "off"];

/** Home Assistant itself as the source: works for every user and without a Supervisor. */
export class HassSource extends LiveSource implements HomeSource {
  private hass: Hass;
  private setup: EnergySetup | undefined;
  private ids: PublishedIds = {};
  private seen: readonly unknown[] = [];
  private timer: ReturnType<typeof setInterval> | undefined;
  private settling: ReturnType<typeof setTimeout> | undefined;
  private opened = 0;

  constructor(hass: Hass) {
    super();
    this.hass = hass;
  }

  /** Called on every change anywhere in Home Assistant; looks only at what the home is made of. */
  take(hass: Hass): void {
    this.hass = hass;
    if (!this.setup || !this.watched || this.settling !== undefined) return;
    this.settling = setTimeout(() => {
      this.settling = undefined;
      this.refresh();
    }, SETTLE_MS);
  }

  protected open(): void {
    const turn = ++this.opened;
    void (async () => {
      const [setup, ids] = await Promise.all([energySetup(this.hass), publishedIds(this.hass)]);
      if (turn !== this.opened || !this.watched) return;
      this.setup = setup;
      this.ids = ids;
      this.seen = [];
      this.refresh();
      await this.remember();
    })();
    this.timer = setInterval(() => void this.remember(), REFRESH_MS);
  }

  protected close(): void {
    this.opened++;
    clearInterval(this.timer);
    clearTimeout(this.settling);
    this.settling = undefined;
  }

  private async remember(): Promise<void> {
    const { hass, setup, ids } = this;
    if (!setup) return;
    const nowMs = Date.now();
    const [history, past] = await Promise.all([loadHistory(hass, setup, ids, nowMs), loadDecisions(hass, ids, nowMs)]);
    if (!this.watched) return;
    this.update({ history, decisions: newestOfEach([...this.snapshot.decisions, ...past]).slice(0, 60) });
  }

  private refresh(): void {
    const { hass, setup, ids } = this;
    if (!setup) return;
    const watched = [hass.areas, hass.devices, hass.entities, hass.floors, ...this.watchedStates()];
    if (watched.length === this.seen.length && watched.every((value, i) => value === this.seen[i])) return;
    this.seen = watched;
    const nowMs = Date.now();
    const event = this.state("decision");
    const latest = event ? decisionOf(event.attributes, Date.parse(event.state)) : [];
    this.update({
      home: homeFromHass({ hass, setup, ids }, nowMs),
      plan: this.plan(),
      ledger: this.ledger(nowMs),
      alerts: alertsOf(this.state("problem")),
      settings: this.settings(),
      decisions: newestOfEach([...latest, ...this.snapshot.decisions]).slice(0, 60),
      connection: this.isAway ? "away" : "live",
      mayOperate: true,
    });
  }

  private watchedStates(): (StateObj | undefined)[] {
    const { hass, setup, ids } = this;
    const own = [
      ...Object.values(ids),
      ...[setup?.grid, setup?.pv, ...(setup?.batteries ?? []).map(({ power }) => power)].flatMap((power) =>
        (power ?? []).map(({ entityId }) => entityId),
      ),
    ];
    const rooms = Object.keys(hass.entities).filter((id) =>
      /^(light|switch|water_heater|climate|binary_sensor|sensor)\./.test(id),
    );
    return [...own, ...rooms].map((id) => hass.states[id]);
  }

  private state(what: Published): StateObj | undefined {
    const id = this.ids[what];
    return id === undefined ? undefined : this.hass.states[id];
  }

  /** HyperVolt's entities are there and it has let go of them: it is not running. */
  private get isAway(): boolean {
    return this.state("mode")?.state === "unavailable";
  }

  private plan(): PlanOutcomeDto | null {
    const state = this.state("plan");
    if (!state || state.state === "unavailable") return null;
    const { hass } = this;
    const slug = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]+/g, "_");
    const name = (id: string): string => {
      const found = Object.values(hass.states).find(
        ({ entity_id }) => entity_id === id || slug(entity_id.split(".")[1] ?? "") === slug(id),
      );
      return found ? nameOf(hass, found) : id.replace(/_/g, " ");
    };
    const plan = planFromAttributes(state.attributes, state.last_changed, hass.config.currency ?? "EUR", name);
    return plan ? { kind: "planned", plan } : { kind: "waiting", missing: state.state };
  }

  private ledger(nowMs: number): LedgerDto | null {
    const totals = (money: Published, carbon: Published): LedgerTotalsDto | null => {
      const [savedCost, savedKg] = [numberOf(this.state(money)), numberOf(this.state(carbon))];
      if (savedCost === null && savedKg === null) return null;
      const now = new Date(nowMs).toISOString();
      const unknown = Number.NaN;
      return {
        saved_cost: savedCost ?? 0,
        saved_carbon_kg: savedKg ?? 0,
        cost: unknown,
        carbon_kg: unknown,
        baseline_cost: unknown,
        baseline_carbon_kg: unknown,
        from: now,
        to: now,
      };
    };
    const today = totals("money_saved_today", "carbon_saved_today");
    const total = totals("money_saved_total", "carbon_saved_total");
    if (!today || !total) return null;
    return {
      today,
      total,
      currency: this.hass.config.currency ?? "EUR",
      advisory: this.state("mode")?.state === "advise",
      method: "",
      verified: true,
    };
  }

  private settings(): Settings {
    const number = (what: Published): Setting | undefined => {
      const state = this.state(what);
      const value = numberOf(state);
      if (!state || value === null) return undefined;
      const limit = (name: string, otherwise: number): number =>
        typeof state.attributes[name] === "number" ? (state.attributes[name] as number) : otherwise;
      return { value, min: limit("min", 0), max: limit("max", 100), step: limit("step", 1) };
    };
    const mode = this.state("mode")?.state;
    const [carbonWeight, lightTarget, lightFloor] = [
      number("carbon_weight"),
      number("light_target"),
      number("light_floor"),
    ];
    const comfort = numberOf(this.state("light_comfort"));
    return {
      ...(this.ids.mode === undefined ? {} : { mode: MODES.find((one) => one === mode) ?? null }),
      ...(carbonWeight ? { carbonWeight } : {}),
      ...(lightTarget ? { lightTarget } : {}),
      ...(lightFloor ? { lightFloor } : {}),
      ...(comfort === null ? {} : { lightComfort: comfortSetting(comfort) }),
    };
  }

  async change(settings: SettingChange): Promise<void> {
    const { ids, hass } = this;
    const set = async (what: Published, domain: string, service: string, data: object): Promise<void> => {
      const id = ids[what];
      if (id !== undefined) await hass.callService(domain, service, { entity_id: id, ...data });
    };
    if (settings.mode !== undefined) await set("mode", "select", "select_option", { option: settings.mode });
    if (settings.carbonWeight !== undefined)
      await set("carbon_weight", "number", "set_value", { value: settings.carbonWeight });
    if (settings.lightTarget !== undefined)
      await set("light_target", "number", "set_value", { value: settings.lightTarget });
    if (settings.lightFloor !== undefined)
      await set("light_floor", "number", "set_value", { value: settings.lightFloor });
    if (settings.lightComfort !== undefined)
      await set("light_comfort", "number", "set_value", { value: settings.lightComfort });
  }

  async replan(): Promise<void> {
    if (this.ids.replan !== undefined) await this.hass.callService("button", "press", { entity_id: this.ids.replan });
  }

  readonly wishes = ["turn_on", "turn_off", "set_brightness", "run_now"] as const;

  /** A person's own change: HyperVolt sees it and stays away from the device for its time. */
  async override(deviceId: string, { action, value }: OverrideDto): Promise<void> {
    const { hass } = this;
    const entityId = hass.states[deviceId]
      ? deviceId
      : Object.keys(hass.states).find((id) => id.split(".")[1] === deviceId);
    if (entityId === undefined || !(this.wishes as readonly string[]).includes(action))
      throw new Error(`${deviceId}: ${action}`);
    const domain = entityId.split(".")[0] ?? "homeassistant";
    if (action === "set_brightness")
      await hass.callService("light", "turn_on", { entity_id: entityId, brightness_pct: value ?? 100 });
    else await hass.callService(domain, action === "turn_off" ? "turn_off" : "turn_on", { entity_id: entityId });
  }
}

import { html, LitElement, nothing } from "lit";
import type { PropertyValues, TemplateResult } from "lit";
import type { HomeSource, SettingChange } from "../data/source.ts";
import type { RoomWish } from "../model/layout.ts";
import type { Tint } from "../model/scene.ts";
import { frameAt, timelineOf } from "../model/timeline.ts";
import type { Timeline } from "../model/timeline.ts";
import type { Format } from "./format.ts";
import "./graph.ts";
import { apart, homeHeader } from "./home-header.ts";
import { homeStyles } from "./home-styles.ts";
import { flowList, problems, savings } from "./numbers.ts";
import { pictureTools } from "./picture-tools.ts";
import { decisionSection, planSection } from "./plan-section.ts";
import { roomsSection } from "./rooms-section.ts";
import { sectionTabs } from "./section-tabs.ts";
import type { Tab } from "./section-tabs.ts";
import { settingsSection } from "./settings-section.ts";
import "./stage.ts";
import type { HypervoltStage, View } from "./stage.ts";
import { tokens } from "./theme.ts";
import { ghostLine, timeBar } from "./time-bar.ts";
import type { TimeBar } from "./time-bar.ts";
import { tokenForm } from "./token-form.ts";
import { nameOf } from "./view.ts";
import type { Scope } from "./view.ts";

const PICTURE_MS = 1_200;
const PLAY_MS = 120;
const PLAY_STEP_MS = 15 * 60_000;

export type HomeOptions = Readonly<{
  title?: string;
  view?: View;
  rooms?: Readonly<Record<string, RoomWish>>;
  model?: string;
  tint?: Tint;
  /** The title is a button: it says `title-tap`. */
  tappable?: boolean;
}>;

/** The whole view of a home: a picture with its time, and what HyperVolt does about it. On the page and in the card. */
export class HypervoltHome extends LitElement {
  static override properties = {
    source: { attribute: false },
    fmt: { attribute: false },
    surface: { reflect: true },
    options: { attribute: false },
    more: { attribute: false },
    atMs: { state: true },
    playing: { state: true },
    ghost: { state: true },
    selected: { state: true },
    level: { state: true },
    tint: { state: true },
    view: { state: true },
    still: { state: true },
    tab: { state: true },
    message: { state: true },
    browsing: { state: true },
    pictured: { state: true },
  };
  static override styles = [tokens, homeStyles];
  declare source: HomeSource | undefined;
  declare fmt: Format;
  declare surface: "page" | "card";
  declare options: HomeOptions;
  declare more: ((entityId: string) => void) | undefined;
  /** The instant shown; null follows now. */
  declare atMs: number | null;
  declare playing: boolean;
  declare ghost: boolean;
  declare selected: string | null;
  declare level: number | null;
  declare tint: Tint | undefined;
  declare view: View | undefined;
  declare still: boolean;
  declare tab: Tab;
  declare message: { text: string; failed: boolean } | null;
  declare browsing: boolean;
  /** The picture stands; before that nothing else is built. */
  declare pictured: boolean;

  private unsubscribe: (() => void) | undefined;
  private timer: ReturnType<typeof setInterval> | undefined;
  private patience: ReturnType<typeof setTimeout> | undefined;
  private clockMs = { home: 0, page: 0 };
  private readonly motion = matchMedia("(prefers-reduced-motion: reduce)");
  private readonly dark = matchMedia("(prefers-color-scheme: dark)");
  private readonly onMotion = (): void => {
    this.still = this.motion.matches;
  };
  private readonly onDark = (): void => this.retheme();

  constructor() {
    super();
    this.surface = "card";
    this.options = {};
    this.atMs = null;
    this.playing = false;
    this.ghost = false;
    this.selected = null;
    this.level = null;
    this.still = this.motion.matches;
    this.tab = "plan";
    this.message = null;
    this.browsing = false;
    this.pictured = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.motion.addEventListener("change", this.onMotion);
    this.dark.addEventListener("change", this.onDark);
    // A picture out of sight is not drawn: the rest does not wait for it.
    this.patience = setTimeout(() => (this.pictured = true), PICTURE_MS);
    this.listen();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.motion.removeEventListener("change", this.onMotion);
    this.dark.removeEventListener("change", this.onDark);
    clearTimeout(this.patience);
    this.unsubscribe?.();
    this.unsubscribe = undefined;
    this.stop();
  }

  /** Colours have changed. */
  retheme(): void {
    requestAnimationFrame(() => this.renderRoot.querySelector<HypervoltStage>("hypervolt-stage")?.retheme());
  }

  private listen(): void {
    this.unsubscribe?.();
    this.unsubscribe = this.source?.subscribe(() => this.requestUpdate());
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("source") && this.isConnected) this.listen();
    const said = this.source?.snapshot.home?.now;
    const homeMs = said === undefined ? 0 : Date.parse(said);
    if (homeMs !== this.clockMs.home) this.clockMs = { home: homeMs, page: performance.now() };
  }

  /** The home's own time: what it last said, and what has passed since. */
  private get nowMs(): number {
    const pastMs = performance.now() - this.clockMs.page;
    return this.clockMs.home + (this.source?.snapshot.home?.demo ? Math.min(pastMs, 5_000) : pastMs);
  }

  private readonly play = (timeline: Timeline): void => {
    if (this.playing) return this.stop();
    if (this.atMs !== null && this.atMs >= timeline.endMs - PLAY_STEP_MS) this.atMs = timeline.startMs;
    this.playing = true;
    this.timer = setInterval(() => {
      if (document.visibilityState !== "visible") return;
      const next = (this.atMs ?? this.nowMs) + PLAY_STEP_MS;
      this.atMs = Math.min(next, timeline.endMs - 1);
      if (next >= timeline.endMs) this.stop();
    }, PLAY_MS);
  };

  private stop(): void {
    clearInterval(this.timer);
    this.playing = false;
  }

  private async carry(wish: Promise<void>, done: string): Promise<void> {
    try {
      await wish;
      this.message = { text: done, failed: false };
    } catch (error) {
      this.message = { text: error instanceof Error ? error.message : String(error), failed: true };
    }
    setTimeout(() => {
      this.message = null;
    }, 6_000);
  }

  private scope(timeline: Timeline): Scope | undefined {
    const { source, fmt } = this;
    const home = source?.snapshot.home;
    const frame =
      this.atMs === null ? timeline.frames.find(({ kind }) => kind === "now") : frameAt(timeline, this.atMs);
    if (!source || !home || !frame) return undefined;
    const said = (name: string): string => fmt.t("action.done", { name });
    return {
      home,
      snapshot: source.snapshot,
      timeline,
      frame,
      fmt,
      selected: this.selected,
      select: (areaId) => {
        this.selected = areaId;
        if (areaId !== null) this.tab = "rooms";
      },
      can: (action) => source.snapshot.mayOperate && (source.wishes?.includes(action) ?? true),
      override: (id, wish) => void this.carry(source.override(id, wish), said(nameOf(home, id))),
      change: (settings: SettingChange) => void this.carry(source.change(settings), fmt.t("rec.saved")),
      replan: () => void this.carry(source.replan(), said(fmt.t("plan"))),
      goTo: (atMs) => {
        this.stop();
        this.atMs = atMs;
      },
      more: this.more,
    };
  }

  protected override render(): TemplateResult {
    const { fmt, source } = this;
    if (!fmt || !source) return html`<p class="wait"></p>`;
    const { snapshot } = source;
    if (!snapshot.home)
      return snapshot.connection === "unauthorised"
        ? tokenForm(fmt, (token) => this.dispatchEvent(new CustomEvent("token", { detail: token })))
        : html`<p class="wait dim" role="status">${fmt.t(snapshot.connection === "lost" ? "lost" : "loading")}</p>`;
    const plan = snapshot.plan && snapshot.plan.kind !== "waiting" ? snapshot.plan.plan : null;
    const timeline = timelineOf(snapshot.home, snapshot.history, plan, snapshot.forecasts, this.nowMs);
    const scope = this.scope(timeline);
    if (!scope) return html`<p class="wait dim">${fmt.t("loading")}</p>`;
    const page = this.surface === "page";
    const troubled = snapshot.alerts.length > 0;
    return html`
      <div class="frame" dir=${fmt.locale.rtl ? "rtl" : "ltr"}>
        ${homeHeader(scope, {
          title: this.options.title ?? snapshot.home.name,
          browses: page && source.records !== undefined ? this.browsing : null,
          tap: this.options.tappable ? () => this.tapTitle() : undefined,
          browse: () => void this.browse(),
          showProblems: () => void this.showProblems(),
        })}
        ${apart(scope)}
        ${
          this.browsing && source.records
            ? html`<hypervolt-records
                .records=${source.records}
                .fmt=${fmt}
                .role=${snapshot.home.role ?? "viewer"}
              ></hypervolt-records>`
            : html`<div class="main">
                <div class="picture">${this.picture(scope)}</div>
                <div class="side">
                  ${this.pictured ? html`${savings(scope)}${flowList(scope)}` : nothing}
                  ${page && this.pictured ? html`${troubled ? problems(scope) : nothing}${planSection(scope)}` : nothing}
                </div>
                ${
                  !this.pictured
                    ? nothing
                    : page
                      ? html`<div class="below">
                          <div class="stack">${decisionSection(scope)}</div>
                          <div class="stack">
                            ${settingsSection(scope)}${roomsSection(scope)}${troubled ? nothing : problems(scope)}
                          </div>
                        </div>`
                      : this.tabs(scope)
                }
              </div>`
        }
        ${this.message ? html`<p class="toast ${this.message.failed ? "failed" : ""}" role="status">${this.message.text}</p>` : nothing}
      </div>
    `;
  }

  private tapTitle(): void {
    this.dispatchEvent(new CustomEvent("title-tap", { bubbles: true, composed: true }));
  }

  /** To where it is said what is wrong, and what to do. */
  private async showProblems(): Promise<void> {
    this.browsing = false;
    this.tab = "problems";
    await this.updateComplete;
    const section = this.renderRoot.querySelector("#hv-problems");
    section?.scrollIntoView({ behavior: this.still ? "instant" : "smooth", block: "center" });
  }

  private async browse(): Promise<void> {
    if (!this.browsing) await import("./records.ts");
    this.browsing = !this.browsing;
  }

  private picture(scope: Scope): TemplateResult {
    const { fmt, timeline, home } = scope;
    const view = this.view ?? this.options.view ?? "auto";
    const tint = this.tint ?? this.options.tint ?? "none";
    const plan = scope.snapshot.plan && scope.snapshot.plan.kind !== "waiting" ? scope.snapshot.plan.plan : null;
    const names = Object.fromEntries((plan?.devices ?? []).map(({ id, name }) => [id, name]));
    const bar: TimeBar = {
      atMs: this.atMs,
      playing: this.playing,
      ghost: this.ghost,
      scrub: (atMs) => {
        this.stop();
        this.atMs = atMs === null ? null : Math.min(Math.max(atMs, timeline.startMs), timeline.endMs - 1);
      },
      play: () => this.play(timeline),
      setGhost: (on) => {
        this.ghost = on;
      },
    };
    return html`
      <div class="scene">
        ${pictureTools(fmt, home, { level: this.level, tint, view, still: this.still }, (change) => Object.assign(this, change))}
        <hypervolt-stage
          .home=${home}
          .frame=${scope.frame}
          .fmt=${fmt}
          .rooms=${this.options.rooms ?? {}}
          .model=${this.options.model}
          .tint=${tint}
          .selected=${this.selected}
          .level=${this.level}
          .view=${view}
          .still=${this.still}
          @drawn=${() => (this.pictured = true)}
          @pick=${(event: CustomEvent<string | null>) => scope.select(event.detail === this.selected ? null : event.detail)}
        ></hypervolt-stage>
      </div>
      ${
        this.pictured
          ? html`${timeBar(scope, bar)}
              <hypervolt-graph
                .timeline=${timeline}
                .atMs=${this.atMs ?? timeline.nowMs}
                .fmt=${fmt}
                .names=${names}
                .ghost=${this.ghost}
                @scrub=${(event: CustomEvent<number>) => bar.scrub(event.detail)}
              ></hypervolt-graph>
              ${ghostLine(scope, bar)}`
          : nothing
      }
    `;
  }

  private tabs(scope: Scope): TemplateResult {
    return sectionTabs(scope, this.tab, (tab, byKey) => {
      this.tab = tab;
      if (byKey)
        void this.updateComplete.then(() =>
          this.renderRoot.querySelector<HTMLElement>('[role="tab"][aria-selected="true"]')?.focus(),
        );
    });
  }
}
if (!customElements.get("hypervolt-home")) customElements.define("hypervolt-home", HypervoltHome);

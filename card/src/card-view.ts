import { html, LitElement, nothing } from "lit";
import type { PropertyValues, TemplateResult } from "lit";
import { HassSource } from "./data/hass-source.ts";
import { localeOf } from "./data/hass-locale.ts";
import { appSlug, openIngress } from "./data/ingress.ts";
import type { Ingress } from "./data/ingress.ts";
import { RestSource } from "./data/rest-source.ts";
import type { HomeSource } from "./data/source.ts";
import { en } from "./lang/en.ts";
import { speechOf } from "./lang/words.ts";
import type { CardConfig, Hass } from "./types/ha.ts";
import { Format } from "./view/format.ts";
import type { HypervoltHome, HomeOptions } from "./view/home.ts";
import "./view/home.ts";

/** What stands in the card: the home from Home Assistant, and from the app's own server where it can be reached. */
export class HypervoltCardView extends LitElement {
  static override properties = {
    hass: { attribute: false },
    config: { attribute: false },
    preview: { type: Boolean },
    fmt: { state: true },
    source: { state: true },
  };
  declare hass: Hass | undefined;
  declare config: CardConfig | undefined;
  declare preview: boolean;
  declare fmt: Format | undefined;
  declare source: HomeSource | undefined;
  private own: HassSource | undefined;
  private ingress: Ingress | undefined;
  private asked = false;
  private speaks = "";
  private theme: unknown;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.ingress?.close();
    this.ingress = undefined;
    this.asked = false;
    this.source = this.own;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const { hass } = this;
    if (!hass || !changed.has("hass")) return;
    if (!this.own) this.source = this.own = new HassSource(hass);
    else this.own.take(hass);
    void this.speak(hass);
    if (!this.asked && this.isConnected && !this.preview) void this.reachApp(hass);
    const theme =
      JSON.stringify(hass.themes ?? null).length + String(hass.themes?.darkMode) + String(hass.themes?.theme);
    if (this.theme !== undefined && theme !== this.theme)
      this.renderRoot.querySelector<HypervoltHome>("hypervolt-home")?.retheme();
    this.theme = theme;
  }

  private async speak(hass: Hass): Promise<void> {
    const locale = localeOf(hass, undefined);
    const key = JSON.stringify(locale);
    if (key === this.speaks) return;
    this.speaks = key;
    const speech = await speechOf(locale.language);
    if (key === this.speaks) this.fmt = new Format(locale, speech.words, en, speech.told);
  }

  /** With a Supervisor the app's server knows more: reasons, alternatives, what is stored. Without, this stays as it is. */
  private async reachApp(hass: Hass): Promise<void> {
    this.asked = true;
    const slug = appSlug(hass, this.config?.app);
    if (slug === undefined) return;
    try {
      const ingress = await openIngress(hass, slug);
      if (!this.isConnected) return ingress.close();
      this.ingress = ingress;
      const rest = new RestSource(ingress.url.endsWith("/") ? ingress.url : `${ingress.url}/`);
      await rest.get("home");
      if (this.isConnected) this.source = rest;
    } catch {
      // No Supervisor, no app, or not for this user: Home Assistant's own data is shown.
    }
  }

  private readonly more = (entityId: string): void => {
    this.dispatchEvent(new CustomEvent("hass-more-info", { bubbles: true, composed: true, detail: { entityId } }));
  };

  protected override render(): TemplateResult | typeof nothing {
    if (!this.fmt || !this.source) return nothing;
    const { title, view, tint, rooms, model } = this.config ?? { type: "" };
    const options: HomeOptions = {
      ...(title === undefined ? {} : { title }),
      ...(rooms === undefined ? {} : { rooms }),
      ...(model === undefined ? {} : { model }),
      ...(tint === undefined ? {} : { tint }),
      tappable: this.config?.tap_action !== undefined,
      view: this.preview ? "2d" : (view ?? "auto"),
    };
    return html`<hypervolt-home
      surface="card"
      .source=${this.source}
      .fmt=${this.fmt}
      .options=${options}
      .more=${this.more}
    ></hypervolt-home>`;
  }
}
if (!customElements.get("hypervolt-card-view")) customElements.define("hypervolt-card-view", HypervoltCardView);

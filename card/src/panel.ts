import { html, LitElement, nothing } from "lit";
import type { TemplateResult } from "lit";
import { RestSource } from "./data/rest-source.ts";
import { en } from "./lang/en.ts";
import { speechOf } from "./lang/words.ts";
import "./setup/setup-nav.ts";
import { Format, isRtl, usesFahrenheit } from "./view/format.ts";
import "./view/home.ts";

const TOKEN_KEY = "hypervolt-token";

/** The page behind ingress, and of the demo: the home from the server this page came from. */
export class HypervoltPanel extends LitElement {
  static override properties = { fmt: { state: true }, place: { state: true } };
  declare fmt: Format | undefined;
  declare place: "home" | "setup";
  private readonly source = new RestSource("./", sessionStorage.getItem(TOKEN_KEY) ?? undefined);
  private unsubscribe: (() => void) | undefined;
  private known = "";

  private readonly onPlace = (): void => {
    this.place = location.hash === "#setup" ? "setup" : "home";
    if (this.place === "setup") void import("./setup/setup-page.ts");
  };

  constructor() {
    super();
    this.onPlace();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("hashchange", this.onPlace);
    this.unsubscribe = this.source.subscribe(() => {
      void this.speak();
      this.requestUpdate();
    });
    void this.speak();
    void import("./twin/twin.ts").then(
      ({ warmTwin }) => warmTwin(),
      () => undefined,
    );
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("hashchange", this.onPlace);
    this.unsubscribe?.();
  }

  /** The reader's language if we have it, else the home's. */
  private async speak(): Promise<void> {
    const { home } = this.source.snapshot;
    const wanted = new URLSearchParams(location.search).get("lang") ?? navigator.language;
    const language = wanted || home?.language || "en";
    const key = JSON.stringify([language, home?.timezone, home?.currency]);
    if (key === this.known) return;
    this.known = key;
    const speech = await speechOf(language);
    // Words of a language may come later than those asked for after them.
    if (key !== this.known) return;
    const rtl = isRtl(language);
    this.fmt = new Format(
      {
        language,
        numbers: language,
        hour12: undefined,
        timeZone: home?.timezone,
        rtl,
        currency: home?.currency ?? "EUR",
        fahrenheit: usesFahrenheit(language, home?.timezone),
      },
      speech.words,
      en,
      speech.told,
    );
    document.documentElement.lang = language;
    document.documentElement.dir = rtl ? "rtl" : "ltr";
  }

  private readonly onToken = ({ detail }: CustomEvent<string>): void => {
    sessionStorage.setItem(TOKEN_KEY, detail);
    this.source.authorise(detail);
  };

  protected override render(): TemplateResult | typeof nothing {
    const { fmt, source, place } = this;
    if (!fmt) return nothing;
    const { home } = source.snapshot;
    const page =
      place === "setup" && home
        ? html`<hypervolt-setup .records=${source} .fmt=${fmt} .reader=${home.role ?? "viewer"}></hypervolt-setup>`
        : html`<hypervolt-home surface="page" .source=${source} .fmt=${fmt} @token=${this.onToken}></hypervolt-home>`;
    return html`${home ? html`<hypervolt-nav .fmt=${fmt} .place=${place} .records=${source} .reader=${home.role ?? "viewer"}></hypervolt-nav>` : nothing}${page}`;
  }
}
if (!customElements.get("hypervolt-panel")) customElements.define("hypervolt-panel", HypervoltPanel);

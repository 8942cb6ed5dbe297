import { css, html, LitElement, nothing } from "lit";
import type { PropertyValues, TemplateResult } from "lit";
import type { Role, SetupDto } from "../../../src/serving/messages.ts";
import type { Records } from "../data/source.ts";
import { Format } from "../view/format.ts";
import { tokens } from "../view/theme.ts";
import { en } from "./lang/en.ts";
import { setupWords } from "./lang/setup-words.ts";

/** Home and set-up, and how many of the five questions are open while there are any. */
export class HypervoltNav extends LitElement {
  static override properties = {
    fmt: { attribute: false },
    place: { attribute: false },
    records: { attribute: false },
    reader: { attribute: false },
    words: { state: true },
    left: { state: true },
  };
  static override styles = [
    tokens,
    css`
      nav {
        display: flex;
        flex-wrap: wrap;
        gap: 6px 18px;
        align-items: center;
        max-width: 1560px;
        margin: 0 auto;
        padding: 12px 22px 0;
      }
      a {
        color: var(--hv-dim);
        text-decoration: none;
        padding: 6px 2px;
        border-block-end: 2px solid transparent;
      }
      a[aria-current] {
        color: var(--hv-text);
        font-weight: 620;
        border-block-end-color: var(--hv-accent);
      }
      .banner {
        flex: 1 1 260px;
        display: flex;
        flex-wrap: wrap;
        gap: 4px 12px;
        align-items: center;
        justify-content: flex-end;
      }
      .banner a {
        color: #fff;
        background: var(--hv-accent);
        border-radius: 999px;
        padding: 6px 16px;
      }
      @media (max-width: 560px) {
        nav {
          padding-inline: 12px;
        }
        .banner {
          justify-content: flex-start;
        }
      }
    `,
  ];
  declare fmt: Format;
  declare place: "home" | "setup";
  declare records: Records;
  /** What the reader may do. `role` would be an ARIA attribute until this element is defined. */
  declare reader: Role;
  declare words: Format | undefined;
  /** Questions without an answer; null while not known. */
  declare left: number | null;

  constructor() {
    super();
    this.left = null;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("fmt")) void this.speak();
    if (changed.has("place")) void this.count();
  }

  private async speak(): Promise<void> {
    const { fmt } = this;
    this.words = new Format(fmt.locale, await setupWords(fmt.locale.language), en);
  }

  private async count(): Promise<void> {
    const setup = await this.records.get<SetupDto>("setup").catch(() => null);
    this.left = setup && Object.values(setup.answered).filter((at) => at === null).length;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { words: fmt, place, left, reader } = this;
    if (!fmt) return nothing;
    const link = (to: "home" | "setup", text: string): TemplateResult =>
      html`<a href=${to === "home" ? "#" : "#setup"} aria-current=${place === to ? "page" : nothing}>${text}</a>`;
    return html`<nav dir=${fmt.locale.rtl ? "rtl" : "ltr"} aria-label=${fmt.t("nav")}>
      ${link("home", fmt.t("home"))} ${link("setup", fmt.t("title"))}
      ${
        place === "home" && reader === "admin" && left !== null && left > 0
          ? html`<span class="banner">
              <span>${fmt.t("banner", { left: fmt.number(left) })}</span>
              <a href="#setup">${fmt.t("banner.go")}</a>
            </span>`
          : nothing
      }
    </nav>`;
  }
}
if (!customElements.get("hypervolt-nav")) customElements.define("hypervolt-nav", HypervoltNav);

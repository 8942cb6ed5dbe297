import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { numberField, question, selectField, timeField } from "./question.ts";
import type { Asked } from "./question.ts";

const ANY_PRICE = { min: -10, max: 100 };

/** What was found, or two fields. */
export function tariffQuestion(asked: Asked): TemplateResult {
  const { setup, fmt, draft, change } = asked;
  const { found, price_entities, import_now } = setup.tariff;
  const { kind } = draft.tariff;
  const choice = (which: "found" | "fixed", help: TemplateResult): TemplateResult =>
    html`<label class="choice ${kind === which ? "on" : ""}">
      <input
        type="radio"
        name="tariff"
        value=${which}
        .checked=${kind === which}
        @change=${() => change(({ tariff }) => (tariff.kind = which))}
      />
      <span><b>${fmt.t(`tariff.${which}`)}</b>${help}</span>
    </label>`;
  const source =
    found.source === null
      ? fmt.t("tariff.found.none")
      : `${fmt.t("tariff.found.source", { source: found.source })}${found.ahead ? `, ${fmt.t("tariff.found.ahead")}` : ""}.`;
  const rivals = found.rivals.length > 0 ? ` ${fmt.t("tariff.rivals", { rivals: found.rivals.join(", ") })}` : "";
  return question(
    "tariff",
    asked,
    html`
      ${
        import_now === null
          ? nothing
          : html`<p>
              ${fmt.t("tariff.now", { price: fmt.price(import_now) })}
              <span class="dim small">(${fmt.t(`origin.${setup.tariff.origin}`)})</span>
            </p>`
      }
      ${choice("found", html`<span class="dim small">${source}${rivals}</span>`)}
      ${kind === "found" ? foundFields(asked, price_entities) : nothing} ${choice("fixed", html``)}
      ${kind === "fixed" ? fixedFields(asked) : nothing}
    `,
  );
}

function foundFields(
  { fmt, draft, change }: Asked,
  entities: Asked["setup"]["tariff"]["price_entities"],
): TemplateResult {
  const { tariff } = draft;
  return html`<div class="inset">
    <div class="fields">
      ${selectField(
        fmt.t("tariff.entity"),
        tariff.price_entity,
        entities.map(({ entity_id, name }) => ({ value: entity_id, text: name })),
        fmt.t("tariff.best"),
        (value) => change((next) => (next.tariff.price_entity = value)),
      )}
    </div>
    <details ?open=${tariff.network_fee_per_kwh + tariff.energy_tax_per_kwh + tariff.vat_pct > 0}>
      <summary>${fmt.t("tariff.top")}</summary>
      <div class="fields">
        ${numberField(
          fmt.t("tariff.fee"),
          tariff.network_fee_per_kwh,
          (value) => change((next) => (next.tariff.network_fee_per_kwh = value ?? 0)),
          ANY_PRICE,
        )}
        ${numberField(
          fmt.t("tariff.tax"),
          tariff.energy_tax_per_kwh,
          (value) => change((next) => (next.tariff.energy_tax_per_kwh = value ?? 0)),
          ANY_PRICE,
        )}
        ${numberField(
          fmt.t("tariff.vat"),
          tariff.vat_pct,
          (value) => change((next) => (next.tariff.vat_pct = value ?? 0)),
          {
            min: 0,
            max: 100,
          },
        )}
      </div>
    </details>
  </div>`;
}

function fixedFields({ fmt, draft, change }: Asked): TemplateResult {
  const { tariff } = draft;
  return html`<div class="inset">
    <div class="fields">
      ${numberField(
        fmt.t("tariff.import"),
        tariff.import_price,
        (value) => change((next) => (next.tariff.import_price = value ?? Number.NaN)),
        ANY_PRICE,
      )}
      ${numberField(
        fmt.t("tariff.export"),
        tariff.export_price,
        (value) => change((next) => (next.tariff.export_price = value ?? 0)),
        ANY_PRICE,
      )}
    </div>
    <details ?open=${tariff.windows.length > 0}>
      <summary>${fmt.t("tariff.windows")}</summary>
      ${tariff.windows.map(
        (window, i) =>
          html`<div class="fields window" role="group" aria-label="${fmt.t("tariff.windows")} ${i + 1}">
            ${timeField(fmt.t("from"), window.from, (from) => change((next) => (next.tariff.windows[i] = { ...window, from })))}
            ${timeField(fmt.t("to"), window.to, (to) => change((next) => (next.tariff.windows[i] = { ...window, to })))}
            ${numberField(
              fmt.t("price"),
              window.price,
              (value) => change((next) => (next.tariff.windows[i] = { ...window, price: value ?? Number.NaN })),
              ANY_PRICE,
            )}
            <button type="button" @click=${() => change((next) => void next.tariff.windows.splice(i, 1))}>
              ${fmt.t("tariff.remove")}
            </button>
          </div>`,
      )}
      <button
        type="button"
        @click=${() =>
          change((next) => void next.tariff.windows.push({ from: "22:00", to: "06:00", price: tariff.import_price }))}
      >
        ${fmt.t("tariff.add")}
      </button>
    </details>
  </div>`;
}

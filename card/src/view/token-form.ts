import { html } from "lit";
import type { TemplateResult } from "lit";
import type { Format } from "./format.ts";

/** Asks for the token where there is no ingress. */
export function tokenForm(fmt: Format, send: (token: string) => void): TemplateResult {
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    const token = new FormData(event.target as HTMLFormElement).get("token");
    if (typeof token === "string") send(token.trim());
  };
  return html`<form class="token" @submit=${onSubmit}>
    <p>${fmt.t("unauthorised")}</p>
    <label
      >${fmt.t("token.label")} <input name="token" type="password" autocomplete="current-password" required
    /></label>
    <button class="main">${fmt.t("token.send")}</button>
  </form>`;
}

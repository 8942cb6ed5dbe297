import { css } from "lit";

/** The frame: its head, badges and the switch of the mode. */
export const frameStyles = css`
  :host {
    display: block;
    container-type: inline-size;
  }
  .frame {
    position: relative;
    padding: 14px;
  }
  :host([surface="page"]) .frame {
    max-width: 1560px;
    margin: 0 auto;
    padding: 18px 22px 48px;
  }
  .wait {
    padding: 32px;
    min-height: 160px;
  }
  header {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 12px;
    margin-bottom: 12px;
  }
  h1 {
    margin: 0;
    font-size: 20px;
    font-weight: 650;
    letter-spacing: -0.01em;
    overflow-wrap: anywhere;
  }
  h2 {
    font-size: 12px;
    font-weight: 650;
    letter-spacing: 0.05em;
    text-transform: uppercase;
    color: var(--hv-dim);
    margin-bottom: 8px;
  }
  h1 button.link {
    font: inherit;
  }
  .grow {
    flex: 1;
  }
  .badges {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px;
    flex: 1;
  }
  .browse {
    position: relative;
    display: inline-flex;
    align-items: center;
    gap: 7px;
    padding-inline-start: 11px;
  }
  .browse .icon {
    color: var(--hv-dim);
    width: 18px;
  }
  .badge {
    font-size: 11.5px;
    padding: 2px 10px;
    border-radius: 999px;
    background: var(--hv-ground);
    color: var(--hv-dim);
  }
  .badge.warning {
    border: 0;
    min-height: 24px;
    background: color-mix(in srgb, var(--hv-warning) 20%, var(--hv-surface));
    color: var(--hv-warning-text);
  }
  .apart {
    margin-bottom: 12px;
    padding: 9px 14px;
    border-radius: var(--hv-radius);
    background: color-mix(in srgb, var(--hv-warning) 14%, var(--hv-surface));
    border: 1px solid color-mix(in srgb, var(--hv-warning) 45%, transparent);
  }
  .modes {
    display: inline-flex;
    border: 1px solid var(--hv-line);
    border-radius: 999px;
    padding: 2px;
    gap: 2px;
  }
  .modes button {
    border: 0;
    padding: 4px 12px;
    min-height: 30px;
    font-size: 13px;
  }
`;

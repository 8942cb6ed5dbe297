import { css } from "lit";

export const setupStyles = css`
  :host {
    display: block;
    container-type: inline-size;
  }
  .page {
    max-width: 860px;
    margin: 0 auto;
    padding: 12px 18px 72px;
    display: grid;
    gap: 14px;
  }
  h1 {
    margin: 0;
    font-size: 22px;
    font-weight: 650;
    letter-spacing: -0.01em;
  }
  h2 {
    font-size: 17px;
    font-weight: 640;
    overflow-wrap: anywhere;
  }
  section {
    border: 1px solid var(--hv-line);
    border-radius: var(--hv-radius);
    padding: 16px 18px;
    background: var(--hv-surface);
    min-width: 0;
  }
  form {
    display: grid;
    gap: 10px;
  }
  fieldset {
    border: 0;
    margin: 0;
    padding: 0;
    min-width: 0;
    display: grid;
    gap: 12px;
  }
  .top {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px 12px;
  }
  .top h2 {
    flex: 1 1 220px;
  }
  .count {
    width: 28px;
    height: 28px;
    border-radius: 50%;
    display: grid;
    place-items: center;
    flex: none;
    font-weight: 650;
    background: var(--hv-ground);
    color: var(--hv-dim);
  }
  .count.done {
    background: var(--hv-clean);
    color: #fff;
  }
  .chip {
    font-size: 12px;
    padding: 2px 10px;
    border-radius: 999px;
    background: var(--hv-ground);
    color: var(--hv-dim);
  }
  .rows {
    display: grid;
  }
  .row {
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(0, 1.2fr);
    gap: 4px 14px;
    align-items: center;
    padding: 8px 0;
  }
  .rows .row + .row,
  .devices li + li {
    border-block-start: 1px solid var(--hv-line);
  }
  .devices .row {
    grid-template-columns: minmax(0, 1fr) auto;
  }
  .what {
    display: grid;
    overflow-wrap: anywhere;
  }
  .how {
    display: grid;
    gap: 6px;
    min-width: 0;
  }
  .inset {
    border-inline-start: 3px solid var(--hv-line);
    padding-inline-start: 14px;
    margin-block-end: 8px;
    display: grid;
    gap: 10px;
  }
  .fields {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(170px, 1fr));
    gap: 10px 14px;
    align-items: end;
  }
  .fields.window {
    grid-template-columns: repeat(auto-fill, minmax(110px, 1fr));
    margin-block: 8px;
  }
  .field {
    display: grid;
    gap: 4px;
    min-width: 0;
  }
  .field > span {
    font-size: 12.5px;
    color: var(--hv-dim);
  }
  .field input,
  .field select {
    width: 100%;
    box-sizing: border-box;
    min-height: 40px;
    padding: 6px 10px;
    border: 1px solid var(--hv-line);
    border-radius: 10px;
    background: var(--hv-ground);
    color: var(--hv-text);
    text-overflow: ellipsis;
  }
  .check {
    display: flex;
    align-items: center;
    gap: 9px;
    min-height: 32px;
    cursor: pointer;
  }
  .check input,
  .choice input {
    accent-color: var(--hv-accent);
    width: 18px;
    height: 18px;
    flex: none;
    margin: 0;
  }
  .devices .row .check {
    justify-content: end;
    min-width: 44px;
    min-height: 44px;
  }
  .devices .row input {
    width: 22px;
    height: 22px;
  }
  .choice {
    display: flex;
    gap: 12px;
    align-items: flex-start;
    border: 1px solid var(--hv-line);
    border-radius: 12px;
    padding: 11px 14px;
    cursor: pointer;
  }
  .choice + .choice {
    margin-block-start: 8px;
  }
  .choice.on {
    border-color: var(--hv-accent);
    box-shadow: inset 0 0 0 1px var(--hv-accent);
  }
  .choice > span {
    display: grid;
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .days {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
    align-items: center;
  }
  .day {
    padding: 4px 9px;
    min-width: 44px;
  }
  .days .check {
    margin-inline-start: 8px;
  }
  details summary {
    cursor: pointer;
    color: var(--hv-dim);
    min-height: 28px;
  }
  .foot {
    display: flex;
    justify-content: flex-end;
  }
  .foot button {
    min-height: 42px;
    padding-inline: 20px;
  }
  .missing {
    display: block;
    color: var(--hv-error);
  }
  .wrong {
    color: var(--hv-error);
    overflow-wrap: anywhere;
  }
  .found li {
    padding: 3px 0;
    display: flex;
    gap: 9px;
  }
  .found li::before {
    content: "•";
    color: var(--hv-dim);
  }
  .found .good::before {
    content: "✓";
    color: var(--hv-clean);
  }
  .found .bad::before {
    content: "!";
    font-weight: 700;
    color: var(--hv-warning);
  }
  .bar {
    display: flex;
    flex-wrap: wrap;
    gap: 8px 14px;
    align-items: center;
    justify-content: space-between;
  }
  progress {
    width: 130px;
    height: 6px;
    appearance: none;
    border: 0;
    border-radius: 3px;
    overflow: hidden;
    vertical-align: middle;
  }
  progress,
  progress::-webkit-progress-bar {
    background: var(--hv-line);
  }
  progress::-webkit-progress-value {
    background: var(--hv-clean);
  }
  progress::-moz-progress-bar {
    background: var(--hv-clean);
  }
  .toast {
    position: sticky;
    bottom: 14px;
    justify-self: center;
    max-width: 90%;
    padding: 9px 18px;
    border-radius: 14px;
    background: var(--hv-text);
    color: var(--hv-surface);
    overflow-wrap: anywhere;
  }
  @container (max-width: 560px) {
    .page {
      padding: 8px 10px 72px;
    }
    section {
      padding: 14px;
    }
    .rows .row {
      grid-template-columns: minmax(0, 1fr);
    }
    .foot button {
      width: 100%;
    }
  }
`;

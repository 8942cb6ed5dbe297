import { css } from "lit";

export const recordStyles = css`
  :host {
    display: block;
  }
  nav,
  .filters {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
    margin-bottom: 12px;
    align-items: end;
  }
  .filters label {
    display: grid;
    font-size: 12px;
    color: var(--hv-dim);
  }
  .filters input,
  .filters select,
  td input,
  td select {
    padding: 5px 10px;
    border: 1px solid var(--hv-line);
    border-radius: 9px;
    background: var(--hv-surface);
    color: var(--hv-text);
    box-sizing: border-box;
    height: 36px;
    max-width: 190px;
  }
  .sheet {
    position: relative;
    overflow-x: auto;
    border: 1px solid var(--hv-line);
    border-radius: var(--hv-radius);
    background: var(--hv-surface);
  }
  table {
    border-collapse: collapse;
    width: 100%;
    font-size: 13px;
    font-variant-numeric: tabular-nums;
  }
  th,
  td {
    padding: 7px 12px;
    text-align: start;
    vertical-align: top;
    border-bottom: 1px solid var(--hv-line);
    max-width: 360px;
    overflow-wrap: break-word;
  }
  th {
    color: var(--hv-dim);
    font-weight: 600;
    white-space: nowrap;
  }
  td.number {
    text-align: end;
    white-space: nowrap;
  }
  /* In reach however far the rest is scrolled. */
  td.tools {
    position: sticky;
    inset-inline-end: 0;
    background: var(--hv-surface);
  }
  .foot {
    display: flex;
    gap: 10px;
    align-items: center;
    padding: 10px 0;
  }
  .preferences {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(210px, 1fr));
    gap: 14px 18px;
    align-items: end;
    padding: 18px;
    border: 1px solid var(--hv-line);
    border-radius: var(--hv-radius);
    background: var(--hv-surface);
  }
  .preferences label {
    display: grid;
    gap: 3px;
    font-size: 12px;
    color: var(--hv-dim);
  }
  .preferences input,
  .preferences select,
  .preferences textarea {
    box-sizing: border-box;
    padding: 6px 10px;
    border: 1px solid var(--hv-line);
    border-radius: 9px;
    background: var(--hv-surface);
    color: var(--hv-text);
    font: inherit;
    font-size: 14px;
    min-height: 34px;
    min-width: 0;
  }
  .preferences textarea {
    font-family: ui-monospace, monospace;
    font-size: 12.5px;
    resize: vertical;
  }
  .preferences .wide {
    grid-column: 1 / -1;
  }
  .preferences button {
    justify-self: start;
  }
  input[type="checkbox"] {
    width: 18px;
    height: 18px;
    min-height: 0;
    margin: 9px 0;
    justify-self: center;
  }
  fieldset input {
    width: 44%;
    display: inline-block;
  }
  fieldset {
    border: 0;
    margin: 0;
    padding: 0;
    min-width: 0;
  }
  legend {
    font-size: 12px;
    color: var(--hv-dim);
    padding: 0 0 3px;
  }
`;

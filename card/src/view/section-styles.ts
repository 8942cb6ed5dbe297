import { css } from "lit";

/** What stands in the sections beside and below the picture. */
export const sectionStyles = css`
  .error,
  .alerts .problem b {
    color: var(--hv-error-text);
  }
  section {
    border: 1px solid var(--hv-line);
    border-radius: var(--hv-radius);
    padding: 14px 16px;
    background: var(--hv-surface);
    min-width: 0;
  }
  .side,
  .stack {
    display: grid;
    gap: 14px;
    align-content: start;
    min-width: 0;
  }
  .tiles {
    display: grid;
    grid-template-columns: 1fr 1fr;
    gap: 10px;
  }
  .savings > p {
    margin-top: 8px;
  }
  .tile b {
    font-size: 19px;
    font-weight: 680;
    letter-spacing: -0.01em;
    font-variant-numeric: tabular-nums;
  }
  .tile.coin .icon {
    color: var(--hv-solar);
  }
  .tile.leaf .icon {
    color: var(--hv-clean);
  }
  details summary {
    cursor: pointer;
    color: var(--hv-dim);
    margin-top: 8px;
  }
  details > p {
    margin: 6px 0;
    overflow-wrap: anywhere;
  }
  table {
    border-spacing: 10px 4px;
    font-size: 13px;
    text-align: start;
  }
  th {
    font-weight: 550;
    color: var(--hv-dim);
    text-align: start;
    vertical-align: top;
  }
  .flows li {
    display: flex;
    align-items: center;
    gap: 9px;
    padding: 4px 0;
  }
  .flows b {
    margin-inline-start: auto;
    font-variant-numeric: tabular-nums;
  }
  .dot {
    width: 9px;
    height: 9px;
    border-radius: 50%;
    background: var(--hv-battery);
    flex: none;
  }
  .dot.solar {
    background: var(--hv-solar);
  }
  .dot.grid {
    background: var(--hv-grid);
  }
  /* A sentence in a script that runs the other way keeps its own order, on this page's side. */
  [dir="rtl"]
    :is(p, summary, h2, .tile b, .what, button.link, .head span, output, .dim, .ghost-line label, .ends span) {
    unicode-bidi: plaintext;
    text-align: right;
  }
  [dir="rtl"] .to {
    display: inline-block;
    transform: scaleX(-1);
  }
  .facts {
    display: flex;
    gap: 4px 16px;
    flex-wrap: wrap;
    margin-top: 6px;
  }
  .runs li,
  .alerts li {
    padding: 8px 0;
    border-bottom: 1px solid var(--hv-line);
  }
  .runs li[aria-current] {
    border-inline-start: 3px solid var(--hv-accent);
    padding-inline-start: 10px;
  }
  .runs li:last-child,
  .alerts li:last-child {
    border-block-end: 0;
  }
  button.link {
    white-space: normal;
    border: 0;
    padding: 0;
    min-height: 24px;
    font-weight: 600;
    text-align: start;
    border-radius: 4px;
  }
  button.link:hover {
    color: var(--hv-accent);
  }
  .actions {
    display: flex;
    gap: 6px;
    flex-wrap: wrap;
    align-items: center;
    margin-top: 4px;
  }
  button.small {
    padding: 3px 12px;
    min-height: 30px;
  }
  .decisions summary {
    display: flex;
    gap: 10px;
    align-items: flex-start;
    list-style: none;
    color: inherit;
    margin: 0;
    padding: 7px 0;
  }
  .decisions summary::-webkit-details-marker {
    display: none;
  }
  .decisions li {
    border-bottom: 1px solid var(--hv-line);
  }
  .decisions li:last-child {
    border: 0;
  }
  .what {
    flex: 1;
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .when {
    font-variant-numeric: tabular-nums;
    min-width: 40px;
    padding-top: 1px;
  }
  .status {
    font-size: 11px;
    padding: 1px 9px;
    border-radius: 999px;
    border: 1px solid var(--hv-line);
    color: var(--hv-dim);
    white-space: nowrap;
  }
  .status.confirmed {
    color: var(--hv-clean-text);
    border-color: currentColor;
  }
  .status.failed {
    color: var(--hv-error-text);
    border-color: currentColor;
  }
  .status.withheld {
    color: var(--hv-warning-text);
    border-color: currentColor;
  }
  .alerts b,
  .alerts .since {
    display: block;
  }
  .alerts .warning b {
    color: var(--hv-warning-text);
  }
  .todo::before {
    content: "→ ";
    color: var(--hv-accent);
  }
  .rooms {
    display: grid;
    gap: 2px;
  }
  .room {
    white-space: normal;
    width: 100%;
    border: 0;
    border-radius: 9px;
    padding: 7px 10px;
    text-align: start;
    display: grid;
  }
  .room:hover,
  .rooms .open > .room {
    background: var(--hv-ground);
  }
  .room .name {
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  .devices {
    padding: 2px 10px 8px;
  }
  .devices li {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 12px;
    padding: 5px 0;
  }
  .device {
    display: grid;
    flex: 1;
    min-width: 150px;
    overflow-wrap: anywhere;
  }
  .devices .actions {
    margin: 0;
    min-width: 110px;
  }
  .slider {
    display: block;
    margin-top: 12px;
  }
  .ends,
  .slider .head {
    display: flex;
    justify-content: space-between;
    gap: 10px;
  }
  .slider output {
    font-weight: 600;
    font-variant-numeric: tabular-nums;
  }
  [role="tablist"] {
    display: flex;
    gap: 4px;
    overflow-x: auto;
    padding: 2px;
    margin-bottom: 8px;
  }
`;

import { css } from "lit";

export const homeStyles = css`
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
    background: var(--hv-warning);
    color: #fff;
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
  .main {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 14px;
  }
  .tabs {
    min-width: 0;
  }
  .picture {
    min-width: 0;
    position: relative;
  }
  hypervolt-stage {
    height: clamp(300px, 62cqw, 560px);
  }
  .scene {
    position: relative;
  }
  .tools {
    position: absolute;
    z-index: 1;
    inset: 10px 10px auto;
    display: flex;
    align-items: center;
    gap: 6px;
    pointer-events: none;
  }
  .tools select,
  .tools .toggle {
    pointer-events: auto;
    border: 1px solid var(--hv-line);
    border-radius: 999px;
    background-color: var(--hv-surface);
    min-height: 32px;
    box-shadow: 0 1px 5px rgba(0, 0, 0, 0.09);
    cursor: pointer;
  }
  .tools select {
    appearance: none;
    padding: 4px 26px 4px 13px;
    max-width: 150px;
    text-overflow: ellipsis;
    background-image:
      linear-gradient(45deg, transparent 50%, currentColor 50%),
      linear-gradient(-45deg, transparent 50%, currentColor 50%);
    background-size: 4px 4px;
    background-position:
      right 15px center,
      right 11px center;
    background-repeat: no-repeat;
  }
  [dir="rtl"] .tools select {
    padding: 4px 13px 4px 26px;
    background-position:
      left 11px center,
      left 15px center;
  }
  .tools .toggle {
    position: relative;
    width: 32px;
    display: grid;
    place-items: center;
    color: var(--hv-dim);
  }
  .tools .toggle input {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
    margin: 0;
    opacity: 0;
    cursor: pointer;
  }
  .tools .toggle:focus-within {
    outline: 2px solid var(--hv-accent);
    outline-offset: 2px;
  }
  .time {
    display: flex;
    align-items: center;
    gap: 12px;
    padding: 10px 0 2px;
  }
  .time .at {
    flex: 1;
    min-width: 0;
    font-weight: 650;
    font-size: 16px;
    font-variant-numeric: tabular-nums;
  }
  .to-now:disabled {
    visibility: hidden;
  }
  /* As wide as the plot of the graph below, plus half a thumb on either side. */
  input.scrubber[type="range"] {
    direction: ltr;
    display: block;
    margin: 0 0 0 35px;
    width: calc(100% - 34px);
  }
  .round {
    width: 44px;
    height: 44px;
    padding: 0;
    display: grid;
    place-items: center;
    background: var(--hv-accent);
    border-color: var(--hv-accent);
    color: var(--text-primary-color, #fff);
  }
  .ghost-line {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 14px;
    padding: 8px 0 0;
    font-size: 13px;
    align-items: center;
  }
  .difference {
    color: var(--hv-clean);
    font-weight: 600;
  }
  .error,
  .alerts .problem b {
    color: var(--hv-error);
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
  [dir="rtl"] :is(p, summary, h2, .tile b, .what, button.link, .head span) {
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
  .runs li:last-child,
  .alerts li:last-child {
    border: 0;
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
    color: var(--hv-clean);
    border-color: currentColor;
  }
  .status.failed {
    color: var(--hv-error);
    border-color: currentColor;
  }
  .status.withheld {
    color: var(--hv-warning);
    border-color: currentColor;
  }
  .alerts b,
  .alerts .since {
    display: block;
  }
  .alerts .warning b {
    color: var(--hv-warning);
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
  .toast {
    position: sticky;
    bottom: 14px;
    width: fit-content;
    max-width: 90%;
    margin: 12px auto 0;
    padding: 9px 18px;
    border-radius: 999px;
    background: var(--hv-text);
    color: var(--hv-surface);
    box-shadow: 0 4px 18px rgba(0, 0, 0, 0.25);
  }
  .toast.failed {
    background: var(--hv-error);
    color: #fff;
  }
  .token {
    display: grid;
    gap: 12px;
    max-width: 420px;
    margin: 10vh auto;
    padding: 24px;
  }
  .token input {
    width: 100%;
    box-sizing: border-box;
    padding: 8px 12px;
    border-radius: 9px;
    border: 1px solid var(--hv-line);
    background: var(--hv-surface);
  }
  .below {
    display: grid;
    gap: 14px;
    align-items: start;
    min-width: 0;
  }
  @container (min-width: 760px) {
    .below {
      grid-template-columns: repeat(2, minmax(0, 1fr));
    }
    :host([surface="card"]) .side {
      grid-template-columns: 1fr 1fr;
    }
  }
  @container (min-width: 1000px) {
    :host([surface="page"]) .main {
      grid-template-columns: minmax(0, 1fr) 360px;
    }
    :host([surface="page"]) .side {
      grid-row: 1 / span 2;
      grid-column: 2;
    }
    :host([surface="page"]) .main {
      grid-template-rows: auto 1fr;
    }
    hypervolt-stage {
      height: clamp(380px, 40cqw, 620px);
    }
  }
  @container (max-width: 460px) {
    h1 {
      flex: 1;
    }
    .browse {
      order: 1;
      padding: 6px 9px;
    }
    .browse span {
      position: absolute;
      width: 1px;
      height: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }
    .badges {
      order: 2;
      flex-basis: 100%;
    }
    .modes {
      order: 3;
      width: 100%;
    }
    .tools select {
      max-width: 108px;
    }
    .modes button {
      flex: 1;
      padding: 4px 6px;
    }
    hypervolt-stage {
      height: 360px;
    }
  }
`;

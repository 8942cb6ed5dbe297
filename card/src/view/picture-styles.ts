import { css } from "lit";

/** The picture with its tools, and its time. */
export const pictureStyles = css`
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
  .tools select {
    min-width: 0;
    flex: 0 1 auto;
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
    flex: none;
    width: 32px;
    display: grid;
    place-items: center;
    color: var(--hv-dim);
  }
  [dir="rtl"] .tools .toggle .icon {
    transform: scaleX(-1);
  }
  .tools .toggle.on {
    color: var(--hv-accent);
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
    color: var(--hv-clean-text);
    font-weight: 600;
  }
`;

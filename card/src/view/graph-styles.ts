import { css } from "lit";

/** Where the plot begins, px from the left: before it stand the figures of its axis. */
export const LEFT = 44;

export const graphStyles = css`
  :host {
    display: block;
    direction: ltr;
    touch-action: pan-y;
    cursor: ew-resize;
    user-select: none;
    -webkit-user-select: none;
  }
  svg {
    display: block;
    width: 100%;
    overflow: visible;
  }
  text {
    font-size: 10.5px;
    fill: var(--hv-dim);
    font-variant-numeric: tabular-nums;
  }
  .line {
    stroke: var(--hv-line);
  }
  .load {
    fill: none;
    stroke: var(--hv-text);
    stroke-width: 1.8;
    stroke-linejoin: round;
  }
  .band {
    fill: var(--hv-text);
    opacity: 0.1;
  }
  .pv {
    fill: var(--hv-solar);
    fill-opacity: 0.32;
    stroke: var(--hv-solar);
    stroke-width: 1.3;
  }
  .import {
    fill: var(--hv-grid);
    fill-opacity: 0.5;
  }
  .export {
    fill: var(--hv-return);
    fill-opacity: 0.45;
  }
  .soc {
    fill: none;
    stroke: var(--hv-battery);
    stroke-width: 2;
  }
  .ghost {
    fill: none;
    stroke: var(--hv-error);
    stroke-width: 1.3;
    stroke-dasharray: 3 3;
  }
  .price {
    fill: var(--hv-dim);
    fill-opacity: 0.42;
  }
  .price.cheap {
    fill: var(--hv-clean);
    fill-opacity: 0.65;
  }
  .price.dear {
    fill: var(--hv-warning);
    fill-opacity: 0.7;
  }
  .carbon {
    fill: none;
    stroke: var(--hv-text);
    stroke-opacity: 0.55;
    stroke-width: 1.2;
  }
  .run {
    fill: var(--hv-accent);
    fill-opacity: 0.85;
  }
  .lane {
    paint-order: stroke;
    stroke: var(--hv-halo, var(--hv-surface));
    stroke-width: 4px;
    fill: var(--hv-text);
  }
  .past {
    fill: var(--hv-ground);
    opacity: 0.55;
  }
  .now {
    stroke: var(--hv-dim);
    stroke-dasharray: 2 3;
  }
  .at {
    stroke: var(--hv-accent);
    stroke-width: 2;
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 14px;
    padding: 4px 8px 0 ${LEFT}px;
    font-size: 11.5px;
    color: var(--hv-dim);
    cursor: default;
  }
  .legend i {
    display: inline-block;
    width: 12px;
    height: 3px;
    border-radius: 2px;
    vertical-align: middle;
    margin-inline-end: 5px;
    background: var(--c);
  }
`;

import { css } from "lit";

export const stageStyles = css`
  :host {
    display: block;
    position: relative;
    overflow: hidden;
    border-radius: var(--hv-radius);
    background: var(--sky, linear-gradient(180deg, var(--hv-surface), var(--hv-ground)));
    contain: layout paint;
  }
  :host::before {
    content: "";
    position: absolute;
    inset: 0 0 45%;
    opacity: var(--stars, 0);
    background-image:
      radial-gradient(1.2px 1.2px at 22px 31px, #fff, transparent),
      radial-gradient(1px 1px at 141px 82px, #dfe8ff, transparent),
      radial-gradient(1.6px 1.6px at 87px 133px, #fff, transparent),
      radial-gradient(1px 1px at 198px 22px, #fff, transparent),
      radial-gradient(1.2px 1.2px at 53px 176px, #cfdcff, transparent);
    background-size: 223px 197px;
  }
  .drawing,
  .drawing > *,
  .labels {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
  }
  .overlay {
    position: absolute;
    left: 0;
    top: 0;
  }
  .drawing canvas {
    touch-action: pan-y;
    outline-offset: -3px;
    cursor: grab;
  }
  .overlay,
  .labels {
    pointer-events: none;
    direction: ltr;
  }
  .labels > * {
    position: absolute;
    left: 0;
    top: 0;
    white-space: nowrap;
  }
  .node {
    display: flex;
    align-items: center;
    gap: 7px;
    padding: 4px 11px 4px 7px;
    border-radius: 999px;
    border: 1px solid var(--hv-line);
    background: var(--hv-surface);
    box-shadow:
      0 1px 2px rgba(0, 0, 0, 0.12),
      0 4px 14px rgba(0, 0, 0, 0.12);
    line-height: 1.15;
  }
  .node .figures {
    display: flex;
    flex-direction: column;
  }
  .node b {
    font-weight: 650;
    font-variant-numeric: tabular-nums;
  }
  .node .name {
    font-size: 10.5px;
    color: var(--hv-dim);
    max-width: 130px;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .node .name::first-letter {
    text-transform: uppercase;
  }
  .solar .icon {
    color: var(--hv-solar);
  }
  .grid .icon {
    color: var(--hv-grid);
  }
  .battery .icon {
    color: var(--hv-battery);
  }
  .home .icon,
  .car .icon {
    color: var(--hv-accent);
  }
  @container (max-width: 460px) {
    .node {
      padding: 3px 8px 3px 5px;
      gap: 5px;
      font-size: 12.5px;
    }
    .node .name {
      max-width: 96px;
      font-size: 9.5px;
    }
  }
  .room-name {
    font-size: 11px;
    color: var(--hv-text);
    opacity: 0.72;
    text-shadow:
      0 0 3px var(--hv-surface),
      0 0 6px var(--hv-surface);
    max-width: 110px;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  :host([dark-sky]) .room-name {
    color: #f3f6fb;
    opacity: 0.88;
    text-shadow:
      0 0 3px #0a1220,
      0 0 6px #0a1220;
  }
  .room-name.selected {
    opacity: 1;
    font-weight: 650;
    max-width: 220px;
  }
  .why {
    position: absolute;
    inset-inline-start: 12px;
    bottom: 8px;
    margin: 0;
    max-width: calc(100% - 24px);
    padding: 4px 12px;
    box-sizing: border-box;
    border-radius: 12px;
    background: var(--hv-surface);
  }
  .why button {
    min-height: 26px;
    padding: 1px 10px;
  }
`;

export const isoStyles = css`
  .iso .ground {
    fill: var(--hv-clean);
    opacity: 0.1;
  }
  .iso .slab {
    fill: var(--hv-dim);
    opacity: 0.55;
  }
  .iso .slab.side {
    opacity: 0.4;
  }
  .iso .room {
    fill: var(--hv-surface);
    stroke: var(--hv-dim);
    stroke-opacity: 0.55;
    stroke-width: 1.1;
    stroke-linejoin: round;
    cursor: pointer;
  }
  .iso .room:hover {
    stroke: var(--hv-accent);
    stroke-opacity: 1;
  }
  .iso .outdoor {
    fill: var(--hv-clean);
    fill-opacity: 0.28;
    stroke: none;
  }
  .iso .tint,
  .iso .selected,
  .iso ellipse,
  .iso .lamp {
    pointer-events: none;
  }
  .iso .selected {
    fill: var(--hv-accent);
    fill-opacity: 0.16;
    stroke: var(--hv-accent);
    stroke-width: 2;
  }
  .iso .wall {
    fill: var(--hv-dim);
    fill-opacity: 0.2;
    stroke: var(--hv-dim);
    stroke-opacity: 0.5;
    stroke-width: 0.8;
    pointer-events: none;
  }
  .iso .wall.left {
    fill-opacity: 0.13;
  }
  .iso .lamp {
    fill: var(--hv-light);
  }
  .iso .block {
    fill: #c8d1dc;
    stroke: rgba(40, 50, 65, 0.35);
    stroke-width: 0.5;
  }
  .iso .block .front {
    filter: brightness(0.82);
  }
  .iso .block .side {
    filter: brightness(0.68);
  }
  .iso .block.working {
    fill: var(--hv-accent);
  }
  .iso .block.car {
    fill: #7d8ea6;
  }
  .iso .block.glass {
    fill: #48566b;
  }
  .iso .charge {
    fill: var(--hv-battery);
  }
  .iso .pole {
    fill: none;
    stroke: var(--hv-dim);
    stroke-width: 3;
    stroke-linecap: round;
  }
  .iso .frame {
    fill: #b9c4d2;
    stroke: #8b98aa;
  }
  .iso .panel {
    fill: #223a66;
    stroke: #5b7bb5;
    stroke-width: 0.6;
  }
`;

import { css } from "lit";
import type { Theme } from "./drawing.ts";

/** Home Assistant's theme where there is one; calm colours of our own where there is none. */
export const tokens = css`
  :host {
    --hv-solar: var(--energy-solar-color, #f5a524);
    --hv-grid: var(--energy-grid-consumption-color, #5b8def);
    --hv-return: var(--energy-grid-return-color, #9a7bea);
    --hv-battery: var(--energy-battery-out-color, #2bb8a3);
    --hv-clean: var(--success-color, #3fae6b);
    --hv-accent: var(--primary-color, #3a86ff);
    --hv-light: var(--state-light-active-color, #ffc766);
    --hv-warm: #f2734a;
    --hv-cool: #4aa8f2;
    --hv-text: var(--primary-text-color, #16202c);
    --hv-dim: var(--secondary-text-color, #627082);
    --hv-line: var(--divider-color, rgba(120, 135, 155, 0.25));
    --hv-surface: var(--card-background-color, #fff);
    --hv-ground: var(--secondary-background-color, #eef2f6);
    --hv-warning: var(--warning-color, #e08a00);
    --hv-error: var(--error-color, #d64545);
    /* As letters: dark enough on a light ground, light enough on a dark one. */
    --hv-warning-text: color-mix(in srgb, var(--hv-warning) 55%, var(--hv-text));
    --hv-clean-text: color-mix(in srgb, var(--hv-clean) 62%, var(--hv-text));
    --hv-error-text: color-mix(in srgb, var(--hv-error) 80%, var(--hv-text));
    --hv-rail: rgba(125, 140, 160, 0.32);
    --hv-radius: 14px;
    color: var(--hv-text);
    font-family: var(--ha-font-family-body, var(--paper-font-body1_-_font-family, system-ui, sans-serif));
    font-size: 14px;
    line-height: 1.45;
  }
  button,
  select,
  input {
    font: inherit;
    color: inherit;
  }
  button {
    cursor: pointer;
    border: 1px solid var(--hv-line);
    border-radius: 999px;
    background: transparent;
    padding: 6px 14px;
    min-height: 34px;
    white-space: nowrap;
  }
  button:hover {
    border-color: var(--hv-accent);
  }
  button:disabled {
    opacity: 0.5;
    cursor: default;
  }
  button[aria-pressed="true"],
  button[aria-selected="true"],
  button.main {
    background: var(--hv-accent);
    border-color: var(--hv-accent);
    color: var(--text-primary-color, #fff);
  }
  :focus-visible {
    outline: 2px solid var(--hv-accent);
    outline-offset: 2px;
  }
  input[type="range"] {
    --rail: linear-gradient(to right, var(--hv-accent) var(--at, 50%), var(--hv-rail) var(--at, 50%));
    appearance: none;
    background: transparent;
    width: 100%;
    height: 28px;
    margin: 0;
    cursor: pointer;
  }
  [dir="rtl"] input[type="range"]:not(.scrubber) {
    --rail: linear-gradient(to left, var(--hv-accent) var(--at, 50%), var(--hv-rail) var(--at, 50%));
  }
  input[type="range"]:disabled {
    opacity: 0.5;
    cursor: default;
  }
  input[type="range"]::-webkit-slider-runnable-track {
    height: 6px;
    border-radius: 3px;
    background: var(--rail);
  }
  input[type="range"]::-moz-range-track {
    height: 6px;
    border-radius: 3px;
    background: var(--rail);
  }
  input[type="range"]::-webkit-slider-thumb {
    appearance: none;
    width: 18px;
    height: 18px;
    margin-top: -6px;
    border-radius: 50%;
    border: 3px solid var(--hv-surface);
    background: var(--hv-accent);
    box-shadow: 0 1px 4px rgba(0, 0, 0, 0.35);
  }
  input[type="range"]::-moz-range-thumb {
    width: 12px;
    height: 12px;
    border-radius: 50%;
    border: 3px solid var(--hv-surface);
    background: var(--hv-accent);
    box-shadow: 0 1px 4px rgba(0, 0, 0, 0.35);
  }
  input[type="checkbox"] {
    accent-color: var(--hv-accent);
  }
  h2,
  h3,
  p,
  ul,
  dl,
  dd {
    margin: 0;
    padding: 0;
  }
  ul {
    list-style: none;
  }
  .dim {
    color: var(--hv-dim);
  }
  .small {
    font-size: 12px;
  }
  .hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;

/** The theme as a drawing needs it, read from the element's computed style. */
export function themeOf(element: Element): Theme {
  const style = getComputedStyle(element);
  const probe = document.createElement("canvas").getContext("2d");
  const colour = (name: string, otherwise: string): string => {
    const value = style.getPropertyValue(name).trim();
    if (!probe) return otherwise;
    probe.fillStyle = otherwise;
    probe.fillStyle = value || otherwise;
    return probe.fillStyle.startsWith("#") ? probe.fillStyle : otherwise;
  };
  const surface = colour("--hv-surface", "#ffffff");
  return {
    dark: brightness(surface) < 0.45,
    background: colour("--hv-ground", "#eef2f6"),
    surface,
    text: colour("--hv-text", "#16202c"),
    accent: colour("--hv-accent", "#3a86ff"),
    solar: colour("--hv-solar", "#f5a524"),
    grid: colour("--hv-grid", "#5b8def"),
    battery: colour("--hv-battery", "#2bb8a3"),
    light: colour("--hv-light", "#ffc766"),
  };
}

function brightness(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
  return 0.3 * (r ?? 0) + 0.59 * (g ?? 0) + 0.11 * (b ?? 0);
}

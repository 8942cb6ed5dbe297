import { css } from "lit";
import type { CSSResultGroup } from "lit";
import { frameStyles } from "./frame-styles.ts";
import { pictureStyles } from "./picture-styles.ts";
import { sectionStyles } from "./section-styles.ts";

/** How the parts lie on wide and narrow places; what is said to the reader. */
const layoutStyles = css`
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
      padding-inline: 11px 22px;
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

/** In this order: later ones go before earlier ones. */
export const homeStyles: CSSResultGroup = [frameStyles, pictureStyles, sectionStyles, layoutStyles];

import type { Hass } from "./types/ha.ts";

const CONTEXTS = [
  "states",
  "hassRegistries",
  "hassApi",
  "hassConfig",
  "hassInternationalization",
  "hassFormatters",
  "hassUi",
] as const;

/** A request for a value by the context protocol (github.com/webcomponents-cg/community-protocols). */
class ContextRequest extends Event {
  readonly context: string;
  readonly contextTarget: Element;
  readonly callback: (value: unknown, unsubscribe?: () => void) => void;
  readonly subscribe = true;

  constructor(context: string, contextTarget: Element, callback: (value: unknown, unsubscribe?: () => void) => void) {
    super("context-request", { bubbles: true, composed: true });
    this.context = context;
    this.contextTarget = contextTarget;
    this.callback = callback;
  }
}

/**
 * Home Assistant as its front end's contexts give it to a connected element; `onHass` is called with each change once
 * states, registries and API are known. Where nobody answers it is never called. The result ends the subscriptions.
 */
export function watchContexts(element: Element, onHass: (hass: Hass) => void): () => void {
  const parts = new Map<string, object>();
  const unsubscribes = new Map<string, () => void>();
  let queued = false;
  let open = true;
  const tell = (): void => {
    queued = false;
    const [states, registries, api, config] = CONTEXTS.map((name) => parts.get(name));
    if (!open || !states || !registries || !api || !config) return;
    onHass(
      Object.assign({}, ...[...parts].map(([name, part]) => (name === "states" ? { states: part } : part))) as Hass,
    );
  };
  for (const name of CONTEXTS)
    element.dispatchEvent(
      new ContextRequest(name, element, (value, unsubscribe) => {
        if (unsubscribe) unsubscribes.set(name, unsubscribe);
        if (typeof value !== "object" || value === null) return;
        parts.set(name, value);
        if (!queued) {
          queued = true;
          queueMicrotask(tell);
        }
      }),
    );
  return () => {
    open = false;
    unsubscribes.forEach((unsubscribe) => unsubscribe());
  };
}

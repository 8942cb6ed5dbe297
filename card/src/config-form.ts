const LABELS: Readonly<Record<string, string>> = {
  title: "Title",
  view: "View",
  tint: "Colour rooms by",
  model: "Model of the house (GLB)",
  app: "App slug",
  tap_action: "Tap on the title",
};

/** The flat options as Home Assistant's own form. */
export function configForm() {
  const select = (...options: readonly (readonly [string, string])[]) => ({
    select: { mode: "dropdown", options: options.map(([value, label]) => ({ value, label })) },
  });
  return {
    schema: [
      { name: "title", selector: { text: {} } },
      {
        type: "grid",
        name: "",
        schema: [
          { name: "view", selector: select(["auto", "3D"], ["2d", "2D"]) },
          { name: "tint", selector: select(["none", "–"], ["warmth", "Temperature"], ["power", "Power"]) },
        ],
      },
      {
        type: "expandable",
        name: "",
        title: "More",
        schema: [
          { name: "model", selector: { text: {} } },
          { name: "app", selector: { text: {} } },
          { name: "tap_action", selector: { ui_action: {} } },
        ],
      },
    ],
    computeLabel: ({ name }: { name: string }): string | undefined => LABELS[name],
    computeHelper: ({ name }: { name: string }): string | undefined =>
      name === "model" ? "/local/house.glb" : name === "app" ? "Found by itself where it is empty" : undefined,
    assertConfig: (config: unknown): void => {
      if (typeof config !== "object" || config === null) throw new Error("HyperVolt: the configuration is empty");
    },
  };
}

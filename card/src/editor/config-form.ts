import { editorWord } from "./editor-words.ts";
import type { EditorWord } from "./editor-words.ts";

const LABELS: readonly string[] = ["title", "view", "tint", "model", "app", "tap_action"] satisfies EditorWord[];

/** The flat options as Home Assistant's own form, in a language: the document's where none is given. */
export function configForm(language: string = document.documentElement.lang) {
  const say = (word: EditorWord): string => editorWord(word, language);
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
          {
            name: "tint",
            selector: select(["none", say("plain")], ["warmth", say("warmth")], ["power", say("power")]),
          },
        ],
      },
      {
        type: "expandable",
        name: "",
        title: say("more"),
        schema: [
          { name: "model", selector: { text: {} } },
          { name: "app", selector: { text: {} } },
          { name: "tap_action", selector: { ui_action: {} } },
        ],
      },
    ],
    computeLabel: ({ name }: { name: string }): string | undefined =>
      LABELS.includes(name) ? say(name as EditorWord) : undefined,
    computeHelper: ({ name }: { name: string }): string | undefined =>
      name === "model" ? "/local/house.glb" : name === "app" ? say("app_help") : undefined,
    assertConfig: (config: unknown): void => {
      if (typeof config !== "object" || config === null) throw new Error("HyperVolt: the configuration is empty");
    },
  };
}

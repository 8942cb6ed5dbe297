import type { Drawing } from "./drawing.ts";
import { placeTags } from "./tags.ts";
import type { Tag } from "./tags.ts";

/** Above the picture lie its tools. */
const TOOLS_PX = 46;

/** Labels that follow a drawing without a render of their own; where two would overlap, the lower one gives way. */
export class LabelPlaces {
  private readonly root: ParentNode;
  private readonly place: () => void;
  private tags: readonly Tag[] = [];
  private measured = false;
  private frame = 0;

  /** @param place what is to be done with the next frame that is due */
  constructor(root: ParentNode, place: () => void) {
    this.root = root;
    this.place = place;
  }

  get isResting(): boolean {
    return this.frame === 0;
  }

  /** The labels are others, or of other sizes. */
  forget(): void {
    this.measured = false;
  }

  /** With the next frame, which lays the page out in any case. */
  soon(): void {
    if (this.frame !== 0) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.place();
    });
  }

  cancel(): void {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
  }

  /** To where their points are in a drawing of this size, px. */
  put(drawing: Drawing, width: number, height: number): void {
    if (!this.measured) this.measure();
    const placed = placeTags(this.tags, (at) => drawing.project(at), width, height, TOOLS_PX);
    for (const { tag, left, top, shown } of placed) {
      const { style } = tag.element;
      const transform = `translate(${left.toFixed(1)}px, ${top.toFixed(1)}px)`;
      if (style.transform !== transform) style.transform = transform;
      const visibility = shown ? "" : "hidden";
      if (style.visibility !== visibility) style.visibility = visibility;
    }
  }

  /** Sizes are read once for each rendering: reading them between two moves would lay the page out anew each time. */
  private measure(): void {
    this.measured = true;
    this.tags = [...this.root.querySelectorAll<HTMLElement>("[data-at]")].map((element) => {
      const [x = 0, y = 0, z = 0] = (element.dataset["at"] ?? "").split(",").map(Number);
      const { offsetWidth: width, offsetHeight: height } = element;
      return { element, at: [x, y, z], width, height, isNode: element.dataset["node"] !== undefined };
    });
  }
}

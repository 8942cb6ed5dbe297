import type { Drawing, DrawingEvents } from "../view/drawing.ts";

export function openTwin(_host: HTMLElement, _events: DrawingEvents, _options: { model: string | undefined }): Drawing {
  throw new Error("WebGL is not available");
}

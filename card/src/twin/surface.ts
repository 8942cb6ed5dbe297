/** What the twin draws on, and whether a processor draws the pixels instead of a graphics card. */
export type Surface = Readonly<{ canvas: HTMLCanvasElement; context: WebGL2RenderingContext; isSoft: boolean }>;

const SOFT = /swiftshader|llvmpipe|softpipe|software|basic render/i;

/**
 * Opens WebGL 2. A graphics card smooths edges as it draws; without one that would double the price of each picture, and
 * the twin draws the picture at rest twice as large instead. Throws where there is no WebGL 2.
 */
export function openSurface(): Surface {
  const asked = { alpha: true, powerPreference: "low-power", stencil: false } as const;
  const canvas = document.createElement("canvas");
  const hard = canvas.getContext("webgl2", { ...asked, antialias: true, failIfMajorPerformanceCaveat: true });
  const context = hard ?? canvas.getContext("webgl2", { ...asked, antialias: false });
  if (!context) throw new Error("WebGL 2 is not available");
  const name = context.getExtension("WEBGL_debug_renderer_info");
  const renderer = String(context.getParameter(name?.UNMASKED_RENDERER_WEBGL ?? context.RENDERER));
  return { canvas, context, isSoft: hard === null || SOFT.test(renderer) };
}

// In place of three.js's own: a scene without a background, which is cleared to the colour that was set.
import { Color } from "../../math/Color.js";

export function WebGLBackground(renderer, environments, state, objects, alpha, premultipliedAlpha) {
  const colour = new Color(0);
  let opacity = alpha ? 0 : 1;
  const setClear = () => state.buffers.color.setClear(colour.r, colour.g, colour.b, opacity, premultipliedAlpha);
  return {
    getClearColor: () => colour,
    getClearAlpha: () => opacity,
    setClearColor(value, clearAlpha = 1) {
      colour.set(value);
      opacity = clearAlpha;
      setClear();
    },
    setClearAlpha(clearAlpha) {
      opacity = clearAlpha;
      setClear();
    },
    render() {
      setClear();
      // Buffers that are not writable are not cleared.
      state.buffers.depth.setTest(true);
      state.buffers.depth.setMask(true);
      state.buffers.color.setMask(true);
      renderer.clear(renderer.autoClearColor, renderer.autoClearDepth, renderer.autoClearStencil);
    },
    addToRenderList() {},
    dispose() {},
  };
}

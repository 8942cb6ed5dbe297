const MOST_PIXELS = 3_200_000;
const SLOW_MS = 38;
const COARSEST = 0.6;

/**
 * Pixels drawn for each pixel of the page, along one side: many at rest, few while it moves, fewer still where frames
 * come slowly. Pictures at rest on a processor are drawn at twice the size, which smooths their edges.
 */
export class Sharpness {
  private readonly isSoft: boolean;
  private movingMost = 1.5;
  private slow = 0;

  constructor(isSoft: boolean) {
    this.isSoft = isSoft;
    if (isSoft) this.movingMost = 1;
  }

  /** For a stage of `width` x `height` px. */
  ratio(moving: boolean, width: number, height: number): number {
    const page = globalThis.devicePixelRatio || 1;
    const wanted = moving ? Math.min(page, this.movingMost) : this.isSoft ? 2 : Math.min(page, 2);
    return Math.min(wanted, Math.max(1, Math.sqrt(MOST_PIXELS / Math.max(width * height, 1))));
  }

  /** Time since the frame before, ms, while it moves: several slow ones in a row make the next ones coarser. */
  felt(frameMs: number): void {
    this.slow = frameMs > SLOW_MS && frameMs < 400 ? this.slow + 1 : Math.max(0, this.slow - 1);
    if (this.slow < 5) return;
    this.slow = 0;
    this.movingMost = Math.max(COARSEST, this.movingMost * 0.8);
  }
}

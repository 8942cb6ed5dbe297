import type { Spot } from "./drawing.ts";

/** A current on the stage: its way in px, its colour and its power. */
export type Stream = Readonly<{ way: readonly Spot[]; colour: string; powerW: number }>;

const FRAME_MS = 50;
const LEAST_W = 15;
const MARGIN = 8;
const BOX_STEP = 48;

/**
 * Cables and the dots that run along them, on a canvas over the drawing: 20 frames a second while something flows and
 * is seen, none otherwise. Without motion, arrow heads alone show the direction; they are always there.
 */
export class Overlay {
  readonly canvas = document.createElement("canvas");
  /** Frames drawn since it was made. */
  frames = 0;
  private readonly context = this.canvas.getContext("2d");
  private cables: readonly (readonly Spot[])[] = [];
  private streams: readonly Measured[] = [];
  private cableColour = "#888";
  private timer: ReturnType<typeof setTimeout> | undefined;
  private moving = true;
  private seen = true;
  private ratio = 0;
  /** The part of the stage that the canvas covers, px: what changes often should be small. */
  private box = { x: 0, y: 0, width: 0, height: 0 };

  constructor() {
    this.canvas.className = "overlay";
    this.canvas.setAttribute("aria-hidden", "true");
  }

  show(cables: readonly (readonly Spot[])[], streams: readonly Stream[], cableColour: string): void {
    this.cables = cables;
    this.cableColour = cableColour;
    this.streams = streams.filter(({ powerW }) => powerW >= LEAST_W).map(measure);
    this.cover([...cables, ...this.streams.map(({ way }) => way)].flat());
    this.draw();
    this.schedule();
  }

  private cover(spots: readonly Spot[]): void {
    const [xs, ys] = [spots.map(({ x }) => x), spots.map(({ y }) => y)];
    // In steps, so that a turning house does not make the canvas anew with every frame.
    const down = (px: number): number => Math.floor((px - MARGIN) / BOX_STEP) * BOX_STEP;
    const up = (px: number): number => Math.ceil((px + MARGIN) / BOX_STEP) * BOX_STEP;
    const empty = spots.length === 0;
    const [x, y] = empty ? [0, 0] : [down(Math.min(...xs)), down(Math.min(...ys))];
    const [width, height] = empty ? [0, 0] : [up(Math.max(...xs)) - x, up(Math.max(...ys)) - y];
    const ratio = Math.min(devicePixelRatio || 1, 2);
    const { box, canvas } = this;
    if (box.width !== width || box.height !== height || this.ratio !== ratio) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    if (box.x !== x || box.y !== y) canvas.style.transform = `translate(${x}px, ${y}px)`;
    this.ratio = ratio;
    this.box = { x, y, width, height };
  }

  /** `moving`: dots run; `seen`: on the screen and in front. */
  run(moving: boolean, seen: boolean): void {
    this.moving = moving;
    this.seen = seen;
    clearTimeout(this.timer);
    this.timer = undefined;
    if (seen) this.draw();
    this.schedule();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.canvas.width = this.canvas.height = 0;
    this.canvas.remove();
  }

  private schedule(): void {
    if (this.timer !== undefined || !this.moving || !this.seen || this.streams.length === 0) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.draw();
      this.schedule();
    }, FRAME_MS);
  }

  private draw(): void {
    const { context, box, ratio } = this;
    if (!context || box.width === 0) return;
    this.frames++;
    context.setTransform(ratio, 0, 0, ratio, -box.x * ratio, -box.y * ratio);
    context.clearRect(box.x, box.y, box.width, box.height);
    context.lineJoin = context.lineCap = "round";
    context.strokeStyle = this.cableColour;
    context.lineWidth = 2;
    context.globalAlpha = 0.35;
    for (const cable of this.cables) trace(context, cable);
    const atS = performance.now() / 1000;
    for (const stream of this.streams) {
      context.strokeStyle = context.fillStyle = stream.colour;
      context.globalAlpha = 0.55;
      context.lineWidth = 1.5 + Math.min(stream.powerW / 2500, 2.5);
      trace(context, stream.way);
      context.globalAlpha = 1;
      arrow(context, stream, 0.3);
      arrow(context, stream, 0.78);
      if (this.moving) dots(context, stream, atS);
    }
    context.globalAlpha = 1;
  }
}

type Measured = Stream & Readonly<{ lengths: readonly number[]; length: number }>;

function measure(stream: Stream): Measured {
  let length = 0;
  const lengths = stream.way.map((spot, i) => {
    const before = stream.way[i - 1];
    if (before) length += Math.hypot(spot.x - before.x, spot.y - before.y);
    return length;
  });
  return { ...stream, lengths, length };
}

function trace(context: CanvasRenderingContext2D, way: readonly Spot[]): void {
  context.beginPath();
  way.forEach((spot, i) => {
    const next = way[i + 1];
    const before = way[i - 1];
    if (!before) context.moveTo(spot.x, spot.y);
    else if (next && bends(before, spot, next))
      context.arcTo(spot.x, spot.y, next.x, next.y, Math.min(10, Math.hypot(next.x - spot.x, next.y - spot.y) / 2));
    else context.lineTo(spot.x, spot.y);
  });
  context.stroke();
}

/** A corner to round: where the way turns back on itself, no arc fits. */
function bends(a: Spot, b: Spot, c: Spot): boolean {
  const [ux, uy, vx, vy] = [b.x - a.x, b.y - a.y, c.x - b.x, c.y - b.y];
  const sizes = Math.hypot(ux, uy) * Math.hypot(vx, vy);
  return sizes > 1 && (ux * vx + uy * vy) / sizes > -0.5;
}

function spotAt({ way, lengths }: Measured, at: number): Spot & { angle: number } {
  let i = 1;
  while (i < way.length - 1 && (lengths[i] ?? 0) < at) i++;
  const [a, b] = [way[i - 1] ?? { x: 0, y: 0 }, way[i] ?? { x: 0, y: 0 }];
  const [from, to] = [lengths[i - 1] ?? 0, lengths[i] ?? 0];
  const share = to > from ? (at - from) / (to - from) : 0;
  return { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share, angle: Math.atan2(b.y - a.y, b.x - a.x) };
}

function arrow(context: CanvasRenderingContext2D, stream: Measured, share: number): void {
  const { x, y, angle } = spotAt(stream, stream.length * share);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const size = 5;
  context.beginPath();
  context.moveTo(x + cos * size, y + sin * size);
  context.lineTo(x - cos * size - sin * size * 0.8, y - sin * size + cos * size * 0.8);
  context.lineTo(x - cos * size + sin * size * 0.8, y - sin * size - cos * size * 0.8);
  context.fill();
}

/** More power: more dots, and faster ones. */
function dots(context: CanvasRenderingContext2D, stream: Measured, atS: number): void {
  const strength = Math.log10(1 + stream.powerW / 100);
  const spacing = Math.max(22, 64 - 22 * strength);
  const speed = 24 + 34 * strength;
  for (let at = (atS * speed) % spacing; at < stream.length; at += spacing) {
    const { x, y } = spotAt(stream, at);
    context.globalAlpha = 0.28;
    context.beginPath();
    context.arc(x, y, 5, 0, 7);
    context.fill();
    context.globalAlpha = 1;
    context.beginPath();
    context.arc(x, y, 2.3, 0, 7);
    context.fill();
  }
}

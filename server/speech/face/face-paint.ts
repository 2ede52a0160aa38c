import { type CanvasGradient, Path2D, type SKRSContext2D } from '@napi-rs/canvas';
import type { Line, Piece, Shade, Spot } from './look.ts';

export type Pen = SKRSContext2D;
export type Paint = CanvasGradient | string;
/** Offset from 0 to 1, and a CSS colour. */
export type Stops = readonly (readonly [offset: number, color: string])[];

/** Side of the square that all drawing code works in. */
export const DESIGN_SIZE = 512;
export const CENTER_X = DESIGN_SIZE / 2;

function filled(gradient: CanvasGradient, stops: Stops): CanvasGradient {
  for (const [offset, color] of stops) gradient.addColorStop(offset, color);
  return gradient;
}

export function linear(pen: Pen, x0: number, y0: number, x1: number, y1: number, stops: Stops): CanvasGradient {
  return filled(pen.createLinearGradient(x0, y0, x1, y1), stops);
}

export function radial(pen: Pen, x: number, y: number, radius: number, stops: Stops): CanvasGradient {
  return filled(pen.createRadialGradient(x, y, 0, x, y, radius), stops);
}

/** Fills the shape that `trace` draws. */
export function fill(pen: Pen, paint: Paint, trace: () => void): void {
  pen.beginPath();
  trace();
  pen.fillStyle = paint;
  pen.fill();
}

/** Strokes the line that `trace` draws, with round ends. */
export function stroke(pen: Pen, paint: Paint, lineWidth: number, trace: () => void): void {
  pen.beginPath();
  trace();
  pen.lineWidth = lineWidth;
  pen.lineCap = 'round';
  pen.lineJoin = 'round';
  pen.strokeStyle = paint;
  pen.stroke();
}

export function fillEllipse(pen: Pen, paint: Paint, x: number, y: number, rx: number, ry: number): void {
  fill(pen, paint, () => pen.ellipse(x, y, rx, ry, 0, 0, Math.PI * 2));
}

/** Gradients of `glow`, by colour and strength: the few dozen that the looks have. */
const glows = new Map<string, CanvasGradient>();

/** From the middle of a circle of radius 1 to nothing at its edge. */
function glowPaint(pen: Pen, rgb: string, alpha: number): CanvasGradient {
  const key = `${rgb},${alpha}`;
  const known = glows.get(key);
  if (known !== undefined) return known;
  const paint = radial(pen, 0, 0, 1, [
    [0, `rgba(${rgb},${alpha})`],
    [0.25, `rgba(${rgb},${alpha * 0.8})`],
    [0.5, `rgba(${rgb},${alpha * 0.42})`],
    [0.75, `rgba(${rgb},${alpha * 0.12})`],
    [1, `rgba(${rgb},0)`],
  ]);
  glows.set(key, paint);
  return paint;
}

/** A soft round spot: the cheap form of a blurred shadow or glow. `rgb` is `r,g,b`. */
export function glow(pen: Pen, rgb: string, alpha: number, x: number, y: number, rx: number, ry: number): void {
  pen.save();
  pen.translate(x, y);
  pen.scale(rx, ry);
  pen.fillStyle = glowPaint(pen, rgb, alpha);
  pen.fillRect(-1, -1, 2, 2);
  pen.restore();
}

/** Draws what `draw` draws inside the shape that `trace` draws. */
export function within(pen: Pen, trace: () => void, draw: () => void): void {
  pen.save();
  pen.beginPath();
  trace();
  pen.clip();
  draw();
  pen.restore();
}

/** Draws once as is and once mirrored about the middle of the face; `side` is -1 on the viewer's left. */
export function bothSides(pen: Pen, draw: (side: -1 | 1) => void): void {
  for (const side of [-1, 1] as const) {
    pen.save();
    pen.translate(CENTER_X, 0);
    pen.scale(side, 1);
    draw(side);
    pen.restore();
  }
}

export function spot(pen: Pen, [rgb, alpha, x, y, rx, ry]: Spot): void {
  glow(pen, rgb, alpha, x, y, rx, ry);
}

function paintOf(pen: Pen, paint: string | Shade): Paint {
  return typeof paint === 'string' ? paint : linear(pen, ...paint.line, paint.stops);
}

function paintLine(pen: Pen, line: Line): void {
  pen.lineWidth = line.width;
  pen.lineCap = 'round';
  pen.lineJoin = 'round';
  pen.strokeStyle = paintOf(pen, line.paint);
  pen.stroke(new Path2D(line.path));
}

/** Paints parts of hair or clothes, each over the one before. */
export function paintPieces(pen: Pen, pieces: readonly Piece[]): void {
  for (const piece of pieces) {
    const outline = new Path2D(piece.outline);
    for (const shadow of piece.under ?? []) spot(pen, shadow);
    pen.fillStyle = paintOf(pen, piece.paint);
    pen.fill(outline);
    pen.save();
    pen.clip(outline);
    for (const light of piece.spots ?? []) spot(pen, light);
    for (const line of piece.lines ?? []) paintLine(pen, line);
    pen.restore();
    for (const line of piece.edges ?? []) paintLine(pen, line);
  }
}

import { glow, linear, type Pen, radial } from './face-paint.ts';

/** Paints the studio behind the person over the whole picture, in pixels of the picture. */
export function paintBackdrop(pen: Pen, width: number, height: number): void {
  pen.fillStyle = linear(pen, 0, 0, width * 0.3, height, [
    [0, '#dfe8ef'],
    [0.55, '#c6d6e1'],
    [1, '#a9bfcf'],
  ]);
  pen.fillRect(0, 0, width, height);
  const reach = Math.max(width, height);
  const side = Math.min(width, height);
  glow(pen, '255,250,242', 0.95, width / 2, height * 0.4, side * 0.62, side * 0.62);
  glow(pen, '150,182,214', 0.35, width * 0.95, height * 0.12, reach * 0.45, reach * 0.45);
  pen.fillStyle = radial(pen, width / 2, height * 0.45, reach * 0.78, [
    [0, 'rgba(38,58,80,0)'],
    [0.4, 'rgba(38,58,80,0)'],
    [0.6, 'rgba(38,58,80,0.04)'],
    [0.8, 'rgba(38,58,80,0.13)'],
    [1, 'rgba(38,58,80,0.3)'],
  ]);
  pen.fillRect(0, 0, width, height);
}

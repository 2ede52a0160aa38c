import { glow, linear, type Pen, radial } from './face-paint.ts';
import type { Backdrop } from './look.ts';

/** Paints the studio behind the figure over the whole picture, in pixels of the picture. */
export function paintBackdrop(pen: Pen, backdrop: Backdrop, width: number, height: number): void {
  pen.fillStyle = linear(pen, 0, 0, width * 0.3, height, [
    [0, backdrop.wall[0]],
    [0.55, backdrop.wall[1]],
    [1, backdrop.wall[2]],
  ]);
  pen.fillRect(0, 0, width, height);
  const reach = Math.max(width, height);
  const side = Math.min(width, height);
  glow(pen, backdrop.light, 0.95, width / 2, height * 0.4, side * 0.62, side * 0.62);
  glow(pen, backdrop.accent, 0.35, width * 0.95, height * 0.12, reach * 0.45, reach * 0.45);
  pen.fillStyle = radial(pen, width / 2, height * 0.45, reach * 0.78, [
    [0, `rgba(${backdrop.dark},0)`],
    [0.4, `rgba(${backdrop.dark},0)`],
    [0.6, `rgba(${backdrop.dark},0.04)`],
    [0.8, `rgba(${backdrop.dark},0.13)`],
    [1, `rgba(${backdrop.dark},0.3)`],
  ]);
  pen.fillRect(0, 0, width, height);
}

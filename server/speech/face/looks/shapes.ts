import type { Line, Shade } from '../look.ts';
import { seededRandom } from '../random.ts';

export type Curve = readonly [
  x: number,
  y: number,
  ax: number,
  ay: number,
  bx: number,
  by: number,
  ex: number,
  ey: number,
  alpha: number,
];

/** Light along a strand, fading to nothing at both ends. */
function strandShade(rgb: string, alpha: number, [x0, y0, , , , , x1, y1]: Curve): Shade {
  return {
    line: [x0, y0, x1, y1],
    stops: [
      [0, `rgba(${rgb},0)`],
      [0.4, `rgba(${rgb},${alpha})`],
      [1, `rgba(${rgb},0)`],
    ],
  };
}

/** Strands of hair, lit by `rgb`. */
export function strands(rgb: string, curves: readonly Curve[], width = 2.4): Line[] {
  return curves.map((curve) => {
    const [x, y, ax, ay, bx, by, ex, ey, alpha] = curve;
    return {
      path: `M${x} ${y} C${ax} ${ay} ${bx} ${by} ${ex} ${ey}`,
      paint: strandShade(rgb, alpha, curve),
      width,
    };
  });
}

/** `count` strands from one curve to another, evenly between. */
export function fan(rgb: string, from: Curve, to: Curve, count: number, width = 1.8): Line[] {
  const between = (share: number): Curve =>
    from.map((value, at) => value + ((to[at] ?? value) - value) * share) as unknown as Curve;
  return strands(
    rgb,
    Array.from({ length: count }, (_, at) => between(count === 1 ? 0 : at / (count - 1))),
    width,
  );
}

/** Path data of a full circle. */
export function circle(x: number, y: number, radius: number): string {
  return `M${x - radius} ${y} a${radius} ${radius} 0 1 0 ${radius * 2} 0 a${radius} ${radius} 0 1 0 ${-radius * 2} 0 Z`;
}

/** Circles side by side along an arc round (x, y): the wavy edge of curls. Angles in degrees, clockwise from the right. */
export function puffs(
  arc: { x: number; y: number; rx: number; ry: number; from: number; to: number; count: number },
  radius: number,
  seed: number,
): string {
  const random = seededRandom(seed);
  return Array.from({ length: arc.count }, (_, at) => {
    const angle = ((arc.from + ((arc.to - arc.from) * at) / (arc.count - 1)) * Math.PI) / 180;
    const size = radius * (0.85 + 0.3 * random());
    return circle(arc.x + Math.cos(angle) * arc.rx, arc.y + Math.sin(angle) * arc.ry, size);
  }).join(' ');
}

/** Small open curls scattered over an ellipse, lighter or darker than the hair. */
export function curls(
  area: { x: number; y: number; rx: number; ry: number; count: number },
  rgb: string,
  alpha: number,
  seed: number,
): Line[] {
  const random = seededRandom(seed);
  return Array.from({ length: area.count }, () => {
    const angle = random() * 2 * Math.PI;
    const reach = Math.sqrt(random());
    const x = area.x + Math.cos(angle) * reach * area.rx;
    const y = area.y + Math.sin(angle) * reach * area.ry;
    const size = 4 + random() * 5;
    const lean = random() < 0.5 ? -1 : 1;
    return {
      path: `M${x - size} ${y} c0 ${-size} ${size * 2} ${-size} ${size * 2} 0 c0 ${size * 0.9 * lean} ${-size * 1.2} ${size} ${-size} 0`,
      paint: `rgba(${rgb},${alpha * (0.4 + 0.6 * random())})`,
      width: 1.7,
    };
  });
}

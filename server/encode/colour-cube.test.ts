import { expect, test } from 'vitest';
import { colourCube, toSdr } from './colour-cube.ts';

const WHITE = [1, 1, 1] as const;

test('keeps grays and dark colours of SDR that was put into HDR, and rolls highlights off', () => {
  const gray = 0.18;
  for (const colour of ['pq', 'hlg'] as const) {
    for (const value of toSdr([gray, gray, gray], colour)) expect(value).toBeCloseTo(gray ** (1 / 2.4), 3);
    const shades = [0.5, 1, 2, 4, 4.9].map((light) => toSdr([light, light, light], colour)[0]);
    expect(shades).toEqual([...shades].sort((a, b) => a - b));
    expect(shades[1]).toBeGreaterThan(0.92);
    expect(shades.at(-1)).toBeGreaterThan(0.99);
  }
});

test('leaves white of SDR white', () => {
  for (const colour of ['bt2020', 'p3'] as const) {
    for (const value of toSdr(WHITE, colour)) expect(value).toBeCloseTo(1, 3);
  }
});

test('pales colours that BT.709 does not have, and gives them no other hue', () => {
  for (const colour of ['bt2020', 'p3', 'hlg', 'pq'] as const) {
    const [r, g, b] = toSdr([0, 1, 0], colour);
    expect(g).toBeGreaterThan(Math.max(r, b));
    for (const value of [r, g, b]) {
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(1);
    }
  }
});

test.each(['pq', 'hlg', 'bt2020', 'p3'] as const)('makes a table of numbers for lut3d: %s', (colour) => {
  const [head, ...rows] = colourCube(colour).trimEnd().split('\n');
  expect(head).toBe('LUT_3D_SIZE 25');
  expect(rows).toHaveLength(25 ** 3);
  expect(rows.every((row) => /^([01]\.\d{5})( [01]\.\d{5}){2}$/.test(row))).toBe(true);
  expect(rows[0]).toBe('0.00000 0.00000 0.00000');
});

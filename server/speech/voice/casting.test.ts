import { expect, it } from 'vitest';
import { LOOKS } from '../face/looks.ts';
import { castFor } from './casting.ts';

it('has a voice for every look', () => {
  for (const { name } of LOOKS) expect([name, castFor(name)]).toEqual([name, expect.objectContaining({})]);
});

it('casts a man and a robot as such, and nobody for a look of somebody else', () => {
  expect(castFor('noah')).toEqual({ flite: 'rms', espeakVariant: 'm3' });
  expect(castFor('bolt')).toEqual({ flite: 'kal16', espeakVariant: 'robosoft' });
  expect([castFor('constructor'), castFor(undefined)]).toEqual([undefined, undefined]);
});

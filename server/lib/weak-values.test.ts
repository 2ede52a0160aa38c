import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { WeakValues } from './weak-values.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

test('keeps the latest few, and the others as long as somebody uses them', async () => {
  const values = new WeakValues<{ name: string }>(2);
  const used = { name: 'used' };
  values.set('used', used);
  for (const name of ['a', 'b', 'c']) values.set(name, { name });
  await new Promise((resolve) => setTimeout(resolve, 0));
  collectGarbage();
  expect(values.get('used')).toBe(used);
  expect(['a', 'b', 'c'].map((name) => values.get(name)?.name)).toEqual([undefined, 'b', 'c']);
});

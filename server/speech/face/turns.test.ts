import { describe, expect, it } from 'vitest';
import { takeTurn } from './turns.ts';

type Job = { name: string; next: number; credit: number; isBackground?: boolean };

/** Names of the jobs in the order in which their pictures are drawn. */
function drawn(open: Map<number, Job>, pictures: number): string {
  let names = '';
  for (let count = 0; count < pictures; count++) {
    const job = takeTurn(open);
    if (job === undefined) break;
    names += job.name;
    job.next++;
    job.credit--;
  }
  return names;
}

const jobs = (...list: Job[]) => new Map(list.map((job, at) => [at, job]));

describe('takeTurn', () => {
  it('lets jobs take turns, whoever came first', () => {
    const open = jobs({ name: 'a', next: 1, credit: 4 }, { name: 'b', next: 1, credit: 3 });
    expect(drawn(open, 20)).toBe('abababa');
  });

  it('draws the first picture of a new job before all others', () => {
    const open = jobs({ name: 'a', next: 5, credit: 9 }, { name: 'b', next: 7, credit: 9 });
    expect(drawn(open, 3)).toBe('aba');
    open.set(9, { name: 'c', next: 0, credit: 8 });
    open.set(10, { name: 'd', next: 0, credit: 8 });
    expect(drawn(open, 6)).toBe('cdbacd');
  });

  it('draws in the background when nothing else is to be drawn', () => {
    const open = jobs(
      { name: 'i', next: 1, credit: 3, isBackground: true },
      { name: 'a', next: 1, credit: 2 },
      { name: 'b', next: 1, credit: 1 },
    );
    expect(drawn(open, 20)).toBe('abaiii');
  });

  it('passes over jobs that may not go on', () => {
    const open = jobs({ name: 'a', next: 0, credit: 0 }, { name: 'b', next: 3, credit: 2 });
    expect(drawn(open, 9)).toBe('bb');
    expect(takeTurn(new Map())).toBeUndefined();
  });
});

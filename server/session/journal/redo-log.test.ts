import { chmod, mkdtemp, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RedoEntry } from './redo-entry.ts';
import { RedoLog, readRedo, redoPath } from './redo-log.ts';

const DATA = '/data';
const JOURNAL = '/data/one/journal';
const OTHER = '/data/two/journal';
const write = (text: string) => ({ path: '/data/one/v0/s7.m4s', position: 3, bytes: [Buffer.from(text)], fresh: true });

let memory: string;
let log: RedoLog;

beforeEach(async () => {
  memory = await mkdtemp(join(tmpdir(), 'redo-'));
  log = create();
});
afterEach(async () => {
  log.close();
  await rm(memory, { recursive: true, force: true });
});

function create(run = 'run'): RedoLog {
  const created = RedoLog.create(memory, DATA, run);
  if (!created) throw new Error('there is no memory');
  return created;
}

/** What the next server finds, in words. */
function left(run = 'run'): string[] | undefined {
  return readRedo(memory, DATA, run)?.map((entry) => `${entry.type} ${textOf(entry)}`.trim());
}

function textOf(entry: RedoEntry): string {
  if (entry.type === 'run') return entry.run;
  if (entry.type !== 'batch') return entry.journal;
  const writes = entry.writes.map(
    ({ path, position, bytes, fresh }) => `${path}@${position}${fresh ? '!' : ''}=${Buffer.concat(bytes)}`,
  );
  return [entry.journal, entry.number, Buffer.from(entry.line), ...writes].join(' ');
}

test('gives back what was kept, by the names it has below the data directory', () => {
  log.batch(JOURNAL, 4, Buffer.from('line'), [write('abc'), { ...write(''), fresh: false }]);
  log.batch(OTHER, 9, Buffer.from(''), []);
  expect(left()).toEqual(['batch one/journal 4 line one/v0/s7.m4s@3!=abc one/v0/s7.m4s@3=', 'batch two/journal 9']);
});

test('is no larger than what it is needed for', async () => {
  const { length } = await readFile(redoPath(memory, DATA));
  log.batch(JOURNAL, 4, Buffer.from('line'), []);
  log.batch(OTHER, 5, Buffer.from('line'), []);
  log.clear(JOURNAL);
  expect(left()).toEqual(['batch one/journal 4 line', 'batch two/journal 5 line', 'clear one/journal']);
  log.clear(OTHER);
  expect(left()).toEqual([]);
  expect((await readFile(redoPath(memory, DATA))).length).toBe(length);
  log.clear(JOURNAL);
  expect(left()).toEqual([]);
});

test('an entry that is not whole was shown to nobody', async () => {
  log.batch(JOURNAL, 4, Buffer.from('line'), []);
  const { length } = await readFile(redoPath(memory, DATA));
  log.batch(JOURNAL, 5, Buffer.from('line'), [write('abc')]);
  const whole = await readFile(redoPath(memory, DATA));
  for (let size = length; size < whole.length; size++) {
    await truncate(redoPath(memory, DATA), size);
    expect(left()).toEqual(['batch one/journal 4 line']);
    await writeFile(redoPath(memory, DATA), whole);
  }
  whole[length + 30] = (whole[length + 30] ?? 0) ^ 1;
  await writeFile(redoPath(memory, DATA), whole);
  expect(left()).toEqual(['batch one/journal 4 line']);
});

test('more than it holds is said to be lost, and nothing of that journal is kept until it is whole again', () => {
  const mebibytes = { ...write(''), bytes: [Buffer.alloc(20 * 1024 * 1024)] };
  log.batch(JOURNAL, 4, Buffer.from('line'), []);
  log.batch(OTHER, 1, Buffer.from(''), [mebibytes]);
  log.batch(OTHER, 2, Buffer.from(''), [mebibytes]);
  log.batch(OTHER, 3, Buffer.from(''), []);
  log.batch(JOURNAL, 5, Buffer.from('line'), []);
  expect(left()?.filter((text) => text.length < 100)).toEqual([
    'batch one/journal 4 line',
    'lost two/journal',
    'batch one/journal 5 line',
  ]);
  log.clear(OTHER);
  log.batch(OTHER, 7, Buffer.from('again'), []);
  expect(left()?.at(-1)).toBe('batch two/journal 7 again');
});

test('another run, another directory, another user, or something that is no such file counts as nothing', async () => {
  log.batch(JOURNAL, 4, Buffer.from('line'), []);
  expect(left('another')).toBeUndefined();
  expect(readRedo(memory, '/elsewhere', 'run')).toBeUndefined();
  expect(readRedo(join(memory, 'missing'), DATA, 'run')).toBeUndefined();
  const bytes = await readFile(redoPath(memory, DATA));
  await writeFile(join(memory, 'elsewhere'), bytes);
  await rm(redoPath(memory, DATA));
  await symlink(join(memory, 'elsewhere'), redoPath(memory, DATA));
  expect(left()).toBeUndefined();
  await rm(redoPath(memory, DATA));
  await writeFile(redoPath(memory, DATA), 'no such thing');
  expect(left()).toBeUndefined();
});

test('a later server begins anew, and leaves nothing when it is closed', async () => {
  log.batch(JOURNAL, 4, Buffer.from('line'), []);
  log = create('later');
  expect([left('run'), left('later')]).toEqual([undefined, []]);
  log.close();
  log.close();
  log.batch(JOURNAL, 5, Buffer.from('line'), []);
  log.clear(JOURNAL);
  expect(await readdir(memory)).toEqual([]);
});

test('where it can not be made there is none', async () => {
  expect(RedoLog.create(join(memory, 'missing'), DATA, 'run')).toBeUndefined();
  if (process.getuid?.() === 0) return;
  await chmod(memory, 0o500);
  expect(RedoLog.create(memory, '/elsewhere', 'run')).toBeUndefined();
  await chmod(memory, 0o700);
});

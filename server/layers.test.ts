import { join } from 'node:path';
import { expect, test } from 'vitest';
import { importCycles, importsOf, readSources, type SourceTree } from '../scripts/source-imports.ts';

type Layer = {
  /** Layers it may import, beside itself. */
  readonly uses: readonly string[];
  /** Layers of which it may import types, beside those. */
  readonly types?: readonly string[];
  /** Bytes, axes, playlists: no I/O, no clock, no package. */
  readonly isPure?: boolean;
  /** Packages that a pure layer may import all the same: they only compute. */
  readonly packages?: readonly string[];
};

// A layer is a folder of server/ or a file right in it; the player is one as a whole.
const PURE = ['isobmff', 'timeline', 'playlist'];
const BASE = ['lib', 'errors.ts'];
const OUTER = ['session', ...BASE];
const LAYERS: Readonly<Record<string, Layer>> = {
  'errors.ts': { uses: [], isPure: true },
  lib: { uses: ['errors.ts'] },
  isobmff: { uses: BASE, isPure: true },
  timeline: { uses: ['isobmff', ...BASE], isPure: true },
  playlist: { uses: ['isobmff', 'timeline', ...BASE], isPure: true },
  encode: { uses: [...PURE, ...BASE] },
  session: { uses: ['encode', ...PURE, ...BASE] },
  quality: { uses: BASE, isPure: true, packages: ['@svta/cml-cmcd'] },
  monitor: { uses: ['quality', ...OUTER], types: ['encode'] },
  // The text of a playlist is made where it is sent, once for all who wait.
  http: { uses: ['playlist', 'quality', 'monitor', ...OUTER], types: ['encode'] },
  sources: { uses: OUTER, types: ['encode', 'playlist'] },
  speech: { uses: OUTER, types: ['encode', 'playlist'] },
  player: { uses: [], types: ['http', 'session', 'speech', 'quality', 'monitor', ...PURE, ...BASE] },
};
const WIRING = ['main.ts', 'run-server.ts', 'app.ts', 'config.ts', 'open-encoder.ts', 'providers.ts'];

const MAX_LINES = 300;
const VAGUE_NAME = /(^|[/.-])(utils?|helpers?|common)([/.-]|$)/;
const isTest = (path: string): boolean => /\.(test|spec|timed|long)\.ts$/.test(path);

function layerOf(path: string): string | undefined {
  const [top, name] = path.split('/');
  return top === 'server' ? name : top === 'player' ? 'player' : undefined;
}

/** Why a file must not import something; `undefined` when it may. */
function importFault(path: string, target: string, isTypeOnly: boolean): string | undefined {
  const from = layerOf(path) ?? '';
  if (WIRING.includes(from)) return undefined;
  const rules = LAYERS[from];
  if (rules === undefined) return `${path}: ${from} is in no layer`;
  const isOurs = target.includes('/') && /\.(ts|mjs|js|json)$/.test(target) && !/^(@|node:)/.test(target);
  if (!isOurs)
    return rules.isPure && !isTypeOnly && !rules.packages?.includes(target)
      ? `${path}: ${from} is pure and must not import ${target}`
      : undefined;
  const to = layerOf(target);
  if (to === from) return undefined;
  const allowed = isTypeOnly ? [...rules.uses, ...(rules.types ?? [])] : rules.uses;
  if (to !== undefined && allowed.includes(to)) return undefined;
  return `${path}: ${from} must not import ${isTypeOnly ? 'the types of ' : ''}${target}`;
}

function layerFaults(tree: SourceTree): string[] {
  const sources = [...tree].filter(([path]) => layerOf(path) !== undefined && !isTest(path));
  return sources.flatMap(([path, source]) =>
    importsOf(path, source).flatMap(({ target, isTypeOnly }) => importFault(path, target, isTypeOnly) ?? []),
  );
}

function nameFaults(tree: SourceTree): string[] {
  return [...tree.keys()]
    .filter((path) => VAGUE_NAME.test(path))
    .map((path) => `${path}: says nothing of what is in it`);
}

function sizeFaults(tree: SourceTree): string[] {
  return [...tree]
    .map(([path, source]) => ({ path, lines: source.trimEnd().split('\n').length }))
    .filter(({ path, lines }) => lines > MAX_LINES && !isTest(path))
    .map(({ path, lines }) => `${path}: ${lines} lines, limit is ${MAX_LINES}`);
}

const tree = await readSources(join(import.meta.dirname, '..'), ['server', 'player', 'scripts', 'e2e']);

test('every file imports only what its layer may', () => expect(layerFaults(tree)).toEqual([]));
test('no file imports itself at runtime by way of others', () => expect(importCycles(tree)).toEqual([]));
test('every file name says what is in it', () => expect(nameFaults(tree)).toEqual([]));
test('no source file is longer than it can be read in one go', () => expect(sizeFaults(tree)).toEqual([]));

test.each([
  ['a lower layer that imports a higher one', 'server/timeline/a.ts', `import { x } from '../encode/b.ts';`],
  ['types of a higher layer', 'server/encode/a.ts', `import type { X } from '../session/types.ts';`],
  ['an import over several lines', 'server/isobmff/a.ts', `import {\n  x,\n  y,\n} from '../playlist/b.ts';`],
  ['a re-export', 'server/isobmff/a.ts', `export * from '../timeline/b.ts';`],
  ['an import for its effect', 'server/encode/a.ts', `import '../session/b.ts';`],
  ['a dynamic import', 'server/session/a.ts', `const x = await import('../http/b.ts');`],
  ['a dynamic import of who knows what', 'server/timeline/a.ts', `const x = await import(name);`],
  ['a neighbour layer', 'server/http/a.ts', `import { x } from '../speech/b.ts';`],
  ['an encoder used where its types are allowed', 'server/speech/a.ts', `import { x } from '../encode/b.ts';`],
  ['types and values in one', 'server/speech/a.ts', `import { type X, y } from '../encode/b.ts';`],
  ['a player that takes code of the server', 'player/a.ts', `import { x } from '../server/errors.ts';`],
  ['a server that imports the player', 'server/http/a.ts', `import { x } from '../../player/b.ts';`],
  ['I/O in a pure layer', 'server/playlist/a.ts', `import { readFile } from 'node:fs/promises';`],
  ['a package in a pure layer', 'server/isobmff/a.ts', `import { z } from 'zod';`],
  ['another package than the one a pure layer may have', 'server/quality/a.ts', `import { z } from 'zod';`],
  ['the wiring imported from below', 'server/http/a.ts', `import { config } from '../config.ts';`],
  ['a folder without a layer', 'server/misc/a.ts', `import { x } from '../errors.ts';`],
  ['an import below text that looks like a comment', 'server/lib/a.ts', `x('/a/*');\nimport '../http/b.ts'; /* y */`],
  ['a script used by the server', 'server/http/a.ts', `import { x } from '../../scripts/b.ts';`],
])('refuses %s', (_, path, source) => {
  expect(layerFaults(new Map([[path, source]]))).toHaveLength(1);
});

test('allows what the layers say, also in comments what they forbid', () => {
  const good = new Map([
    ['server/session/a.ts', `import { x } from '../encode/b.ts';\nimport type { P } from '../playlist/types.ts';`],
    ['server/speech/a.ts', `import type { RawClip } from '../encode/types.ts';\nimport OpenAI from 'openai';`],
    [
      'server/encode/a.ts',
      `// import { x } from '../session/b.ts';\n/* import '../http/c.ts'; */\nimport { y } from './d.ts';`,
    ],
    ['server/main.ts', `import { listen } from './http/server.ts';`],
    ['server/quality/a.ts', `import { decodeCmcd } from '@svta/cml-cmcd';`],
    ['player/a.ts', `import type { SessionEvent } from '../server/session/types.ts';\nimport Hls from 'hls.js';`],
  ]);
  expect(layerFaults(good)).toEqual([]);
});

test('finds a cycle, and none where only types go round', () => {
  const ring = new Map([
    ['server/lib/a.ts', `import { b } from './b.ts';`],
    ['server/lib/b.ts', `export { c } from './c.ts';`],
    ['server/lib/c.ts', `const a = () => import('./a.ts');`],
  ]);
  expect(importCycles(ring)).toEqual(['server/lib/a.ts > server/lib/b.ts > server/lib/c.ts > server/lib/a.ts']);
  expect(importCycles(new Map([...ring, ['server/lib/c.ts', `import type { A } from './a.ts';`]]))).toEqual([]);
});

test('refuses names that say nothing and files that run on', () => {
  const bad = ['server/lib/utils.ts', 'server/http/http-helpers.ts', 'player/common/a.ts', 'server/lib/util.test.ts'];
  expect(nameFaults(new Map(bad.map((path) => [path, ''])))).toHaveLength(4);
  expect(nameFaults(new Map([['server/lib/commonality.ts', '']]))).toEqual([]);
  expect(sizeFaults(new Map([['server/lib/a.ts', 'x\n'.repeat(301)]]))).toEqual([
    'server/lib/a.ts: 301 lines, limit is 300',
  ]);
});

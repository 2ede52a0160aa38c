import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readSources } from '../scripts/source-imports.ts';

/**
 * Every place in the server that starts a program, and why it need not be in the jail. What is not named here reads what strangers sent:
 * it must be started through `jail.start`.
 */
const OUTSIDE: Readonly<Record<string, string>> = {
  'server/lib/owned-process.ts': 'starts what it is given: the callers are looked at',
  'server/lib/start-process.ts': 'starts what it is given, again if need be: the callers are looked at',
  'server/lib/jail.ts': 'tries whether the jail itself works',
  'server/lib/sync-files.ts': 'flushes a file system, reads nothing',
  'server/run-server.ts': 'opens a browser at an address of ours',
  'server/encode/aac-encoder.ts': 'codes samples that this server decoded',
  'server/encode/ffmpeg.ts': 'makes a recording of segments that this server coded',
  'server/encode/encoder-choice.ts': 'codes a test picture',
  'server/session/join-media.ts': 'is part of a test',
};
/** fluent-ffmpeg starts programs of its own: the list of encoders, and a recording made of our own segments. */
const FLUENT = ['server/encode/ffmpeg.ts'];
/** Asks the shell for a limit, where there is no /proc. */
const ASKS = ['server/lib/descriptors.ts'];

const STARTS =
  /(?:\bnew OwnedProcess|(?<!function )\bstartProcess)\(|(?<![.\w])(?:spawn|spawnSync|exec|execSync|execFile|execFileSync|fork)\(/g;
/** What a start is given, up to the end of its statement: short enough to be read at a glance. */
const ARGUMENT = 300;

function argumentOf(source: string, from: number): string {
  let depth = 0;
  for (let at = from; at < source.length; at++) {
    if (source[at] === '(') depth += 1;
    if (source[at] === ')' && --depth < 0) return source.slice(from, at);
  }
  return source.slice(from, from + ARGUMENT);
}

function startsOf(source: string): string[] {
  return Array.from(source.matchAll(STARTS), (match) => argumentOf(source, match.index + match[0].length));
}

const sources = await readSources(join(import.meta.dirname, '..'), ['server']);
const ours = [...sources].filter(
  ([path]) => !/\.(?:test|spec|timed|long)\.ts$/.test(path) && !/\/testing\/|test-media/.test(path),
);

test('programs that read what strangers send are started in the jail', () => {
  const faults = ours
    .filter(([path]) => !(path in OUTSIDE))
    .flatMap(([path, source]) => startsOf(source).map((argument) => [path, argument] as const))
    .filter(([, argument]) => !/\bjail\)?\.start\(|\bprobesIn\.start\(/.test(argument))
    .map(([path, argument]) => `${path}: ${argument.replace(/\s+/g, ' ').slice(0, 100)}`);
  expect(faults).toEqual([]);
});

test('the places that are exempt are there, and start something', () => {
  for (const path of Object.keys(OUTSIDE)) {
    const source = sources.get(path);
    expect(source !== undefined && startsOf(source).length > 0, path).toBe(true);
  }
});

test('nothing else starts programs', () => {
  const importers = ours
    .filter(([, source]) => /from 'fluent-ffmpeg'|from "fluent-ffmpeg"/.test(source))
    .map(([path]) => path);
  expect(importers).toEqual(FLUENT);
  const imports = ours.filter(([, source]) => /from '(?:node:)?child_process'/.test(source)).map(([path]) => path);
  expect(imports.filter((path) => !(path in OUTSIDE))).toEqual(ASKS);
  // Packages that start programs would be found here: execa, cross-spawn, shelljs.
  const others = ours.filter(([, source]) =>
    /from '(?:execa|cross-spawn|shelljs|zx|tinyexec|nano-spawn)'/.test(source),
  );
  expect(others).toEqual([]);
});

test('whoever can be given a jail is given the one of the server', () => {
  const wiring = sources.get('server/providers.ts') ?? '';
  for (const name of ['chooseTts', 'chooseAsr', 'createSoundDecoder']) {
    const calls = Array.from(wiring.matchAll(new RegExp(`(?<!function )\\b${name}\\(`, 'g')));
    expect(calls.length, name).toBeGreaterThan(0);
    for (const { index } of calls) expect(argumentOf(wiring, index + name.length + 1), name).toMatch(/\bjail\b/);
  }
  const open = ours.filter(([, source]) => /\bJail\.OPEN\b/.test(source)).map(([path]) => path);
  // Defaults for tests and for before the server has built its own; the wiring gives it to each.
  expect(open.toSorted()).toEqual([
    'server/encode/ffprobe.ts',
    'server/lib/jail.ts',
    'server/speech/voice/espeak.ts',
    'server/speech/voice/flite.ts',
    'server/speech/voice/tts.ts',
  ]);
});

test('a program that is started without the jail would be found', () => {
  expect(startsOf('const a = new OwnedProcess({ command, args: f(x), files: [path] });')).toEqual([
    '{ command, args: f(x), files: [path] }',
  ]);
  expect(startsOf("spawn('ffmpeg', [path])")).toEqual(["'ffmpeg', [path]"]);
  expect(startsOf('pattern.exec(text); child.spawn()')).toEqual([]);
});

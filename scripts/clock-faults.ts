import type { SourceTree } from './source-imports.ts';

/**
 * Finds tests that assert how long something took on the wall: those fail on a machine that is busy with something else, and pass on a
 * fast one whatever they test. Counts, the order of events, fake timers and media time say the same on any machine.
 */

/** Lanes that must pass beside anything; `*.timed.ts` has the machine to itself. */
const TESTS = /\.(test|spec|long)\.ts$/;
const QUOTED_OR_COMMENT = /('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)|\/\*[\s\S]*?\*\/|\/\/.*$/gm;
const NOW = String.raw`(?:performance\.now\(\)|Date\.now\(\)|process\.hrtime(?:\.bigint)?\(\)|process\.uptime\(\)|\+?new Date\(\)(?:\.getTime\(\))?)`;
const ELAPSED = String.raw`(?:${NOW}\s*-|-\s*${NOW})`;
/** `const ms = ...`, `ms = ...`, `{ ms: ... }`, `times.push(...)`, of an elapsed time. */
const KEPT = new RegExp(String.raw`(?:\b(\w+)\s*[=:]|\b(\w+)\.push\()(?![=>])[^;]*?${ELAPSED}`, 'g');

const NEVER: readonly (readonly [RegExp, string])[] = [
  [/AbortSignal\.timeout\(/, 'aborts after real time: abort when something has happened'],
  [/\bvi\.wait(?:For|Until)\(/, 'gives up after a second: use expect.poll'],
  [/\bprocess\.(?:cpuUsage|hrtime)\b/, 'measures time: count what is done'],
];

/** What stands in the parentheses that open at an index. */
function argumentsAt(source: string, open: number): string {
  let depth = 0;
  for (let at = open; at < source.length; at++) {
    if (source[at] === '(') depth++;
    if (source[at] === ')' && --depth === 0) return source.slice(open + 1, at);
  }
  return source.slice(open + 1);
}

type Expectation = { readonly line: number; readonly actual: string; readonly expected: string };

/** Each `expect(actual).matcher(expected)` whose matcher compares sizes. */
function comparisons(source: string): Expectation[] {
  return [...source.matchAll(/\bexpect\s*\(/g)].flatMap(({ index, 0: call }) => {
    const open = index + call.length - 1;
    const actual = argumentsAt(source, open);
    const matcher = /^\s*(?:\.not)?\.(?:toBe(?:Less|Greater)Than(?:OrEqual)?|toBeCloseTo)\(/.exec(
      source.slice(open + actual.length + 2),
    );
    if (!matcher) return [];
    const expected = argumentsAt(source, open + actual.length + 1 + matcher[0].length);
    return [{ line: source.slice(0, index).split('\n').length, actual, expected }];
  });
}

function faultOf({ actual, expected }: Expectation, kept: readonly string[]): string | undefined {
  const both = `${actual} ${expected}`;
  if (new RegExp(ELAPSED).test(both)) return 'compares elapsed time';
  const name = kept.find((each) => new RegExp(String.raw`\b${each}\b`).test(both));
  if (name !== undefined) return `compares '${name}', which is elapsed time`;
  // Stamps of what happened: their order may be compared, their distance may not.
  if (/\b\w+AtMs\b[^,]*\s-\s/.test(actual) || /\b\w+Ms\b[^,]*\s\+\s/.test(expected.replace(/\b(at|lead)Ms\b/g, '')))
    return 'compares the distance of two moments';
  return undefined;
}

/** One line for each fault: the file, the line, what is wrong. */
export function clockFaults(tree: SourceTree): string[] {
  return [...tree].flatMap(([path, text]) => {
    if (!TESTS.test(path)) return [];
    const blank = (all: string): string => all.replace(/[^\n]/g, ' ');
    const source = text.replace(QUOTED_OR_COMMENT, blank);
    const never = source
      .split('\n')
      .flatMap((line, at) => NEVER.flatMap(([shape, why]) => (shape.test(line) ? [`${path}:${at + 1} ${why}`] : [])));
    // Where the clock is a fake one, time is what the test says.
    if (/useFakeTimers\([^)]*'performance'/.test(text)) return never;
    const kept = [...source.matchAll(KEPT)].map(([, assigned, pushed]) => assigned ?? pushed ?? '');
    const compared = comparisons(source).flatMap((each) => {
      const why = faultOf(
        each,
        kept.filter((name) => name !== ''),
      );
      return why === undefined ? [] : [`${path}:${each.line} ${why}`];
    });
    return [...never, ...compared];
  });
}

/** What a line turns out to be; a `marker` of some length is taken off, and the rest looked at again. */
export type LineStart =
  | { readonly kind: 'prose'; readonly goesOn: boolean }
  | { readonly kind: 'heading' | 'fenceInfo' | 'thought' | 'row' }
  | { readonly kind: 'marker'; readonly length: number };

export type LineContext = {
  /** A list item, or a quotation: its marker was taken off. */
  readonly isItem: boolean;
  /** The line before is prose that may go on. */
  readonly isOpen: boolean;
};

const MARKERS: readonly (readonly [whole: RegExp, partial: RegExp])[] = [
  [/^[-*+–—]\s/u, /^[-*+–—]$/u],
  [/^[•‣◦▪]/u, /^$/u],
  [/^>(?=[\s>\p{L}*"“])/u, /^>$/u],
];
const TASK = /^\[[ x]\]/i;
const TASK_PARTIAL = /^\[(?:[ x])?$/i;
const THOUGHT = /^<think(?:ing)?>/i;
const THOUGHTS = ['<think>', '<thinking>'];
/** The items "a) ..." and "b. ..." are no part of the line before. */
const LETTERED_PARTIAL = /^\p{Ll}[.)]?$/u;
const LETTERED = /^\p{Ll}[.)]\s/u;

/** Tells what a line is by its beginning; `undefined` while it may be one thing or another. */
export function lineStartOf(line: string, { isItem, isOpen }: LineContext): LineStart | undefined {
  for (const [whole, partial] of MARKERS) {
    const marker = whole.exec(line);
    if (marker !== null) return { kind: 'marker', length: marker[0].length };
    if (partial.test(line)) return undefined;
  }
  if (isItem && TASK.test(line)) return { kind: 'marker', length: 3 };
  if (isItem && TASK_PARTIAL.test(line)) return undefined;
  if (/^#{1,6}\s/.test(line)) return { kind: 'heading' };
  if (/^#{1,6}$/.test(line)) return undefined;
  if (line.startsWith('|')) return { kind: 'row' };
  if (/^(?:`{3}|~{3})/.test(line)) return { kind: 'fenceInfo' };
  if (/^(?:`{1,2}|~{1,2})$/.test(line)) return undefined;
  if (THOUGHT.test(line)) return { kind: 'thought' };
  if (THOUGHTS.some((tag) => tag.startsWith(line.toLowerCase()))) return undefined;
  if (isOpen && LETTERED_PARTIAL.test(line)) return undefined;
  return { kind: 'prose', goesOn: isOpen && !LETTERED.test(line) };
}

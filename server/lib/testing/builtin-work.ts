/** A built-in function that is called on something. */
type Method = (this: unknown, ...args: unknown[]) => unknown;
/** Elements (characters, bytes, array elements) that one call looks at or copies. */
type Cost = (call: { readonly self: unknown; readonly args: readonly unknown[]; readonly result: unknown }) => number;

function lengthOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  return typeof value === 'object' && value !== null && 'length' in value ? Number(value.length) : 0;
}

const all: Cost = ({ self }) => lengthOf(self);
const made: Cost = ({ result }) => lengthOf(result);
const given: Cost = ({ args }) => lengthOf(args[0]);

/** From where a search began to what it found, or to the end. */
const searched: Cost = ({ self, args, result }) => {
  const from = Number(args[1] ?? 0);
  return Number(result) < 0 ? lengthOf(self) - from : Number(result) - from + Math.max(1, lengthOf(args[0]));
};

// Methods that ask a function of ours until it agrees are not here: that function is counted.
const LISTS =
  'copyWithin fill filter forEach includes join lastIndexOf map reduce reduceRight reverse sort toReversed toSorted';
const BYTES: object = Object.getPrototypeOf(Uint8Array.prototype);
const METHODS: readonly (readonly [owner: object, names: string, cost: Cost])[] = [
  [String.prototype, 'includes isWellFormed lastIndexOf localeCompare match matchAll normalize replace', all],
  [String.prototype, 'replaceAll search split toLowerCase toUpperCase trim trimEnd trimStart', all],
  [String.prototype, 'padEnd padStart repeat slice substring', made],
  [Array.prototype, `${LISTS} concat flat flatMap shift unshift`, all],
  [Array.prototype, 'slice splice toSpliced', made],
  [Array, 'from', made],
  [BYTES, LISTS, all],
  [BYTES, 'set', given],
  [BYTES, 'slice', made],
  [Buffer.prototype, 'compare equals includes lastIndexOf', all],
  [Buffer.prototype, 'toString', made],
  [Buffer.prototype, 'copy', ({ result }) => Number(result)],
  [Buffer, 'alloc allocUnsafe concat from', made],
  ...[String.prototype, Array.prototype, BYTES, Buffer.prototype].map((owner) => [owner, 'indexOf', searched] as const),
];

/** Characters that a regular expression looked at: up to the end of its match, or all that was left. */
function scannedBy(regex: RegExp, from: number, text: string, match: unknown): number {
  if (Array.isArray(match)) return Number((match as RegExpExecArray).index) + lengthOf(match[0]) - from;
  return regex.sticky || (regex.source.startsWith('^') && !regex.multiline) ? 1 : text.length - from;
}

/**
 * Counts what built-in methods of strings, arrays, buffers and regular expressions look at or copy, until it is disposed of: a line
 * that copies all that came before it is one step of ours, and as many of these as there are bytes. Backtracking is not seen.
 */
export class BuiltinWork implements Disposable {
  /** Elements so far. */
  total = 0;
  #isInside = false;
  readonly #restore: (() => void)[] = [];

  constructor() {
    for (const [owner, names, cost] of METHODS) {
      for (const name of names.split(' ')) this.#replace(owner, name, (original) => this.#counted(original, cost));
    }
    // `test` and the methods of strings call it.
    this.#replace(RegExp.prototype, 'exec', (original) => this.#countedExec(original));
    this.total = 0;
  }

  [Symbol.dispose](): void {
    for (const restore of this.#restore.splice(0).reverse()) restore();
  }

  #replace(owner: object, name: string, by: (original: Method) => Method): void {
    const descriptor = Object.getOwnPropertyDescriptor(owner, name);
    if (descriptor === undefined) throw new Error(`there is no method ${name}`);
    Object.defineProperty(owner, name, { ...descriptor, value: by(descriptor.value) });
    this.#restore.push(() => Object.defineProperty(owner, name, descriptor));
  }

  #counted(original: Method, cost: Cost): Method {
    const call = (self: unknown, args: readonly unknown[]) => this.#call(original, self, args, cost);
    return function (...args) {
      return call(this, args);
    };
  }

  #countedExec(original: Method): Method {
    const call = (regex: RegExp, text: unknown) => {
      const from = regex.global || regex.sticky ? regex.lastIndex : 0;
      return this.#call(original, regex, [text], ({ result }) => scannedBy(regex, from, String(text), result));
    };
    return function (text) {
      return call(this as RegExp, text);
    };
  }

  #call(original: Method, self: unknown, args: readonly unknown[], cost: Cost): unknown {
    // What a built-in method calls in turn is part of it.
    if (this.#isInside) return original.apply(self, [...args]);
    this.#isInside = true;
    try {
      const result = original.apply(self, [...args]);
      this.total += Math.max(1, cost({ self, args, result }));
      return result;
    } finally {
      this.#isInside = false;
    }
  }
}

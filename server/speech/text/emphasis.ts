/** A run of one delimiter, with what stands on both sides. */
export type Run = { readonly char: string; readonly count: number; readonly before: string; readonly after: string };

const SPACE = /^\s?$/u;
/** Letters of writing with spaces, and digits: "5*3", "snake_case" and "f***ing" have no emphasis inside. */
const IN_WORD = /[\p{Lu}\p{Ll}\p{Lt}\p{N}]/u;
const ALPHANUMERIC = /[\p{L}\p{N}]/u;
/** What is emphasized doesn't begin with these: "a *= b", "f(*)". */
const NEVER_FIRST = /[=/)\],;:!?%>}|&+.]/u;
const NEVER_FIRST_IN_STRONG = /[=/)\],;]/u;

/** Nor does it come right after these: "/_x", ".*", "a=_b". */
const NEVER_BEFORE = /[/\\.$=@#&^]/u;

/** Tells delimiters of emphasis (`*`, `**`, `_`, `~~`) from characters that mean themselves, by what is beside them alone. */
export class Emphasis {
  readonly #open = new Map<string, number>();

  /** Whether a run is a delimiter, which isn't spoken. */
  isDelimiter(run: Run): boolean {
    if (run.char === '~' && run.count !== 2) return false;
    const open = this.#open.get(run.char) ?? 0;
    if (open > 0 && closes(run)) {
      this.#open.set(run.char, run.count > 2 ? 0 : open - 1);
      return true;
    }
    if (!opens(run)) return false;
    this.#open.set(run.char, open + 1);
    return true;
  }

  reset(): void {
    this.#open.clear();
  }
}

function closes({ char, before, after }: Run): boolean {
  return !SPACE.test(before) && !(char === '_' && ALPHANUMERIC.test(after));
}

function opens({ char, count, before, after }: Run): boolean {
  if (count > 3 || SPACE.test(after) || (count === 1 ? NEVER_FIRST : NEVER_FIRST_IN_STRONG).test(after)) return false;
  if (count === 1 && NEVER_BEFORE.test(before)) return false;
  return !(char === '_' ? ALPHANUMERIC : IN_WORD).test(before);
}

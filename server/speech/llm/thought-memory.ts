/** What an operator says of a model: whether its answers begin with thoughts that only `</think>` ends. */
export type ThoughtSetting = 'auto' | 'open' | 'never';

/** Models whose templates begin the thoughts in the prompt, by what they are called. */
const THINKING_MODEL =
  /(?:^|[^a-z])(?:r1|qwq|qwen-?3\.[5-9]|thinking|think|reasoning|reasoner|glm-?z1|exaone-?deep|marco-?o1|skywork-?or1|openthinker)(?:[^a-z]|$)/i;
/** Answers in a row without an end of thoughts, after which it is not waited for any more. */
const MAX_MISSES = 2;

/**
 * Whether a model's answers begin with thoughts that it did not begin itself: templates write `<think>` at the end of the prompt, so that
 * the answer has only `</think>`. It shows at the first such end, and is known from then on.
 */
export class ThoughtMemory {
  readonly #setting: ThoughtSetting;
  #hits = 0;
  #misses = 0;
  /** It was waited for in vain: this model does not do so. */
  #isCleared = false;

  constructor(setting: ThoughtSetting = 'auto') {
    this.#setting = setting;
  }

  /**
   * `all`: the beginning is thoughts, until their end comes; `suspect`: it may be, if it reads so; `none`: it is the answer.
   *
   * @param model - What it is called.
   */
  holds(model: string): 'all' | 'suspect' | 'none' {
    if (this.#setting !== 'auto') return this.#setting === 'open' ? 'all' : 'none';
    if (this.#hits > 0 && this.#misses < MAX_MISSES) return 'all';
    if (this.#isCleared) return 'none';
    return THINKING_MODEL.test(model) ? 'all' : 'suspect';
  }

  /** Thoughts ended in an answer that had not begun them. */
  ended(): void {
    this.#hits += 1;
    this.#misses = 0;
  }

  /** The beginning of an answer was held back, and was the answer after all. */
  missed(): void {
    this.#misses += 1;
    this.#isCleared = this.#hits === 0 || this.#misses >= MAX_MISSES;
  }
}

/** Models of a server that are remembered; a server has few. */
const MAX_MODELS = 100;

/** What is known of each model of a server. */
export class ThoughtMemories {
  readonly #setting: ThoughtSetting;
  readonly #byModel = new Map<string, ThoughtMemory>();

  constructor(setting: ThoughtSetting = 'auto') {
    this.#setting = setting;
  }

  of(model: string): ThoughtMemory {
    const known = this.#byModel.get(model);
    if (known !== undefined) return known;
    if (this.#byModel.size >= MAX_MODELS) this.#byModel.clear();
    const memory = new ThoughtMemory(this.#setting);
    this.#byModel.set(model, memory);
    return memory;
  }
}

import { SpokenText } from './spoken-text.ts';
import type { ThoughtMemory } from './thought-memory.ts';

/** Of what may be thoughts: more is not kept. The answer itself is not longer. */
const MAX_HELD = 100_000;
/** A sentence without an end is given out by then, too. */
const LONGEST_OPENING = 200;

/** How reasoning models begin to think, and few answers begin. Only such a beginning is held, up to the end of its first sentence. */
const OPENINGS = [
  'okay',
  'ok',
  'alright',
  'all right',
  'hm',
  'well,',
  'so,',
  'so ',
  'first',
  "let's",
  'let me',
  'the user',
  'user',
  'we need',
  'we have to',
  'we should',
  'we must',
  'i need',
  'i should',
  'i have to',
  'i must',
  "i'm asked",
  'i am asked',
  'now',
  'this is',
  'the question',
  'the person',
  'the human',
  'the prompt',
  'the task',
  'someone',
  'they ',
  'he ',
  'she ',
  'need to',
  'got it',
  'right,',
  'looking at',
  'thinking',
  'analysis',
  'here is my thought',
  "here's my thought",
  '1.',
  '嗯',
  '好的',
  '好，',
  '首先',
  '用户',
  '我需要',
  '我们',
  '让我',
];
/** What such a beginning says when it is a thought: it speaks of the listener, or of the answer that is to come. */
const THOUGHT =
  /\b(?:the|this|our) (?:user|person|human)\b|\buser(?:'s| says| said| asks| asked| wants| is)\b|\b(?:i|we)(?:'ll)? (?:should|need to|must|have to|ought to|will) (?:\w+ ){0,3}?(?:respond|reply|answer|greet|output|produce|figure out|make sure)\b|\b(?:they|he|she)(?:'re| are|'s| is) (?:asking|greeting|saying)\b|\bthe (?:system prompt|prompt|instructions?|query|request) (?:is|are|asks?|says?|wants?|seems?)\b|^(?:they|he|she) (?:wants?|asks?|asked|says?|said)\b|^let(?:'s| me) (?:think|parse|break (?:this|it) down|analy[sz]e)\b|^need to (?:respond|reply|answer)\b|用户|我(?:需要|应该|得)(?:回答|回复|考虑)/iu;
/** What harmony's tokens leave when a server strips them: "analysisThe user ...assistantfinalHello." */
const BARE_ANALYSIS = /^analysis(?=[^\p{Ll}\s])/u;
const BARE_FINAL = 'assistantfinal';
/** What IBM's Granite writes. */
const GRANITE = /^here(?: is|'s) my thought process:/iu;
const GRANITE_ANSWER = /here(?: is|'s) my response:$/iu;
const LONGEST_END = 32;
/** Where a sentence may end, as early as it could be spoken. */
const SENTENCE_END = /[.!?…]["'”’»)\]]*\s+\S$|[。！？।؟]["'”’»」』]*[^"'”’»」』]$|\n\s*\S$/u;
/** "Hmm." alone tells nothing: a few words after it may. */
const SHORT_SENTENCE = 14;
const WORDS_AFTER = 24;

export type AnswerFilterOptions = {
  readonly memory: ThoughtMemory;
  /** What the model is called. */
  readonly model: string;
};

/**
 * What the beginning of the answer is taken for: `all`, as this model is known for, or `thought`, as it reads, for thoughts; `whole`: it
 * may be, and waiting costs nothing; `suspect`: not known yet; `none`: it is the answer. The others are thoughts that begin and end by
 * words.
 */
type Holding = 'all' | 'thought' | 'whole' | 'suspect' | 'analysis' | 'granite' | 'none';

/**
 * Gives what of a model's answer is meant for the listener, however it is cut into pieces. The beginning is held back only while it may
 * be a thought that nothing but its end tells: always, where the model is known for it (`ThoughtMemory`); else while it reads like one,
 * for its first sentence, which could not be spoken sooner anyway, and up to the end of thoughts if it does.
 */
export class AnswerFilter {
  readonly #memory: ThoughtMemory;
  readonly #spoken: SpokenText;
  #holding: Holding;
  #held = '';
  #given = '';
  #hasGiven = false;

  constructor({ memory, model }: AnswerFilterOptions) {
    this.#memory = memory;
    this.#holding = memory.holds(model);
    this.#spoken = new SpokenText({
      text: (text) => this.#take(text),
      thoughtEnds: () => this.#thoughtEnds(),
      marked: () => this.#marked(),
    });
  }

  /** The model thinks, as far as is known. */
  get isThinking(): boolean {
    return this.#spoken.isThinking || ['all', 'thought', 'analysis', 'granite'].includes(this.#holding);
  }

  /** @returns what is spoken of the answer now: maybe nothing, maybe with text that was held back. */
  push(piece: string): string {
    for (const char of piece.split('')) this.#spoken.push(char);
    return this.#taken();
  }

  /** The answer ends. @returns The rest of it. */
  end(): string {
    this.#spoken.end();
    const isMiss = this.#held !== '' && (this.#holding === 'all' || this.#holding === 'thought');
    if (isMiss) this.#memory.missed();
    // Only analysis has no answer in it when its end does not come.
    if (this.#holding === 'analysis') this.#held = '';
    this.#release();
    return this.#taken();
  }

  /** The server gives thoughts in a field of their own: there are none in the text. */
  thoughtsAreApart(): void {
    if (this.#holding === 'all' || this.#holding === 'suspect') this.#release();
  }

  /** All of the answer comes at once: holding it back delays nothing. */
  comesWhole(): void {
    if (this.#holding === 'suspect') this.#holding = 'whole';
  }

  #taken(): string {
    const given = this.#given;
    this.#given = '';
    this.#hasGiven ||= given !== '';
    return given;
  }

  #take(text: string): void {
    if (this.#holding === 'none') {
      this.#given += text;
      return;
    }
    if (this.#held.length < MAX_HELD) this.#held += text;
    this.#look();
  }

  #look(): void {
    const held = this.#held;
    if (this.#holding === 'analysis') {
      if (held.endsWith(BARE_FINAL)) this.#drop();
    } else if (this.#holding === 'granite') {
      if (GRANITE_ANSWER.test(held.slice(-LONGEST_END))) this.#drop();
    } else if (held.length < LONGEST_END && BARE_ANALYSIS.test(held)) this.#holding = 'analysis';
    else if (held.length < LONGEST_END && GRANITE.test(held)) this.#holding = 'granite';
    else if (this.#holding === 'suspect') this.#suspect(held);
  }

  #suspect(held: string): void {
    const small = held.toLowerCase();
    if (THOUGHT.test(held)) this.#holding = 'thought';
    else if (!OPENINGS.some((opening) => opening.startsWith(small) || small.startsWith(opening))) this.#release();
    else if (held.length > LONGEST_OPENING) this.#release();
    else if (SENTENCE_END.test(held) && held.length > SHORT_SENTENCE) this.#release();
    else if (held.length > WORDS_AFTER && SENTENCE_END.test(held.slice(0, SHORT_SENTENCE))) this.#release();
  }

  #thoughtEnds(): void {
    this.#memory.ended();
    if (this.#holding === 'none' && (this.#hasGiven || this.#given !== '')) this.#given += '\n';
    this.#drop();
  }

  /** The answer begins thoughts by itself, or names its channels: what came before is no thought, unless it was one beyond doubt. */
  #marked(): void {
    if (this.#holding === 'suspect' || this.#holding === 'whole') this.#release();
    else this.#drop();
  }

  #drop(): void {
    this.#held = '';
    this.#holding = 'none';
    if (!this.#hasGiven && this.#given === '') this.#spoken.beginAnew();
  }

  #release(): void {
    this.#given += this.#held;
    this.#held = '';
    this.#holding = 'none';
  }
}

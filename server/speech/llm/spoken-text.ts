import {
  type ControlToken,
  controlTokenAt,
  isAssistantRole,
  isTokenBeginning,
  isUserRole,
  TOKEN_START,
} from './control-tokens.ts';

/** What stands in front of the text of a message, and is not spoken. */
type Front = {
  /** `label`: after the end of a turn, where the tokens around a role were left out: "user:" */
  readonly kind: 'role' | 'harmony' | 'channel' | 'format' | 'label';
  readonly text: string;
};

/** What is not spoken, and what ends it. */
type Region = { readonly kind: 'thought' | 'tool'; readonly name: string };

export type SpokenTextSink = {
  /** Text for the listener. */
  text(text: string): void;
  /** Thoughts end here that nothing began: what came before in this answer was one. */
  thoughtEnds(): void;
  /** Thoughts begin, or a channel is named: this answer says itself what is a thought. */
  marked(): void;
};

const LONGEST_ROLE = 24;
const LONGEST_FRONT = 200;
/** Channels of OpenAI's harmony format, and of others like it, that are for the listener. */
const SPOKEN_CHANNELS = ['final', 'response', 'answer'];
const HIDDEN_CHANNELS = ['analysis', 'commentary', 'thought', 'thoughts', 'thinking', 'think', 'reasoning', 'plan'];
const CHANNELS = [...SPOKEN_CHANNELS, ...HIDDEN_CHANNELS];
const QUOTES: Readonly<Record<string, string>> = {
  '`': '`',
  '"': '"',
  "'": "'",
  '“': '”',
  '„': '“',
  '«': '»',
  '‘': '’',
};
/** A role, with what ends it. */
const LABEL = /^\s*([A-Za-z]+)(?:[:\n]|$)/u;
const NO_SPACE_BEFORE = /[.,;:!?)\]}…\u3002\uff0c\uff01\uff1f]/u;
const FENCE = /^\s*(?:```|~~~)/u;

/**
 * Takes a model's answer character by character and gives what of it is meant for the listener: without the control tokens that chat
 * templates write and some servers pass through, and without what they mark as thoughts, calls of tools, or messages of others. Holds
 * no more than one token that is not whole.
 */
export class SpokenText {
  readonly #sink: SpokenTextSink;
  /** What may become a token. */
  #held = '';
  /** A token that is only mentioned when the quotation mark before it closes right after it. */
  #quoted: { readonly token: ControlToken; readonly text: string; readonly close: string } | undefined;
  #front: Front | undefined;
  #region: Region | undefined;
  #isAssistant = true;
  #isHidden = false;
  /** The model goes on with what the listener might say next: that, and its answer to it, is nobody's. */
  #isOver = false;
  /** The line so far, as far as it tells whether code is fenced. */
  #line = '';
  #isFenced = false;
  /** The last character, and the last one for the listener. */
  #previous = '';
  #lastSpoken = '';
  /** What was left out since the last spoken character keeps words apart. */
  #gap = '';

  constructor(sink: SpokenTextSink) {
    this.#sink = sink;
  }

  /** Something is left out now as thoughts. */
  get isThinking(): boolean {
    return this.#isHidden || this.#region?.kind === 'thought';
  }

  /** What was given so far was not spoken: white space before the next word is none at all. */
  beginAnew(): void {
    this.#lastSpoken = '';
    this.#gap = '';
  }

  push(char: string): void {
    if (this.#quoted) this.#endQuoted(char);
    else if (this.#held !== '') this.#hold(char);
    else if (TOKEN_START.test(char) && !this.#isFenced) this.#held = char;
    else this.#plain(char);
  }

  /** The answer ends: what is no whole token is text, unless it is one that was cut off. */
  end(): void {
    if (this.#quoted) this.#token(this.#quoted.token);
    this.#quoted = undefined;
    const held = this.#held;
    this.#held = '';
    if (held !== '' && !isTokenBeginning(held)) for (const char of held) this.#plain(char);
    if (this.#front) this.#endFront('');
  }

  #hold(char: string): void {
    const text = this.#held + char;
    const match = controlTokenAt(text);
    if (match === 'partial') {
      this.#held = text;
      return;
    }
    this.#held = '';
    if (match === undefined) {
      // Only its first character can't begin a token; any other may.
      this.#plain(text.slice(0, 1));
      for (const next of text.slice(1)) this.push(next);
      return;
    }
    const close = QUOTES[this.#previous];
    if (close === undefined || this.#region) this.#token(match.token);
    else this.#quoted = { token: match.token, text, close };
  }

  #endQuoted(char: string): void {
    const quoted = this.#quoted;
    this.#quoted = undefined;
    if (quoted === undefined) return;
    if (char === quoted.close) for (const each of quoted.text) this.#plain(each);
    else this.#token(quoted.token);
    this.push(char);
  }

  #plain(char: string): void {
    this.#previous = char;
    if (this.#front) this.#inFront(char);
    else this.#say(char);
  }

  #say(char: string): void {
    if (this.#isOver || this.#region || !this.#isAssistant || this.#isHidden) return;
    this.#followLine(char);
    const isSpace = /\s/u.test(char);
    if (this.#gap !== '' && !isSpace) {
      const isApart = /\s/u.test(this.#lastSpoken) || (this.#gap === ' ' && NO_SPACE_BEFORE.test(char));
      if (this.#lastSpoken !== '' && !isApart) this.#sink.text(this.#gap);
      this.#gap = '';
    }
    // Nothing is spoken yet: no space is needed.
    if (isSpace && this.#lastSpoken === '') return;
    this.#lastSpoken = char;
    this.#sink.text(char);
  }

  /** Code between fences is not spoken, and what looks like a token in there is code. */
  #followLine(char: string): void {
    if (char === '\n') {
      if (FENCE.test(this.#line)) this.#isFenced = !this.#isFenced;
      this.#line = '';
    } else if (this.#line.length < LONGEST_ROLE) this.#line += char;
  }

  #inFront(char: string): void {
    const front = this.#front;
    if (front === undefined) return;
    const text = front.text + char;
    if (front.kind === 'harmony' || front.kind === 'format') {
      if (text.length > LONGEST_FRONT) this.#endFront(text);
      else this.#front = { ...front, text };
      return;
    }
    const isName = /^\s*(?:[a-z_.]*|[A-Z][a-z_.]*)$/u.test(text) && !(front.text.trim() !== '' && /\s/u.test(char));
    if (isName && text.length <= LONGEST_ROLE) this.#front = { ...front, text };
    else this.#endFront(text);
  }

  /** @param text - What stands there, with what ended it. */
  #endFront(text: string): void {
    const front = this.#front;
    if (front === undefined) return;
    this.#front = undefined;
    if (front.kind === 'format') return;
    if (front.kind === 'label') this.#endLabel(text === '' ? front.text : text);
    else if (front.kind === 'channel') this.#enterChannel(text === '' ? front.text : text);
    else this.#enterRole(text === '' ? front.text : text, front.kind === 'harmony');
  }

  #enterRole(text: string, isHarmony: boolean): void {
    const word = /^\s*([a-z_.]+|[A-Z][a-z_.]*)/u.exec(text)?.[1] ?? '';
    const isAssistant = isAssistantRole(word);
    this.#isAssistant = isAssistant ?? true;
    if (isUserRole(word)) this.#userSpeaks();
    if (isHarmony) return;
    // A word that is no role is the first one of the message.
    const rest = isAssistant === undefined ? text : text.slice(text.indexOf(word) + word.length);
    for (const char of rest) this.#say(char);
  }

  #endLabel(text: string): void {
    const [label, word = ''] = LABEL.exec(text) ?? [];
    const isAssistant = isAssistantRole(word);
    if (label !== undefined && isAssistant !== undefined) this.#isAssistant = isAssistant;
    if (label !== undefined && isUserRole(word)) this.#userSpeaks();
    for (const char of label === undefined || isAssistant === undefined ? text : text.slice(label.length))
      this.#say(char);
  }

  /** In front of the answer it is an echo of the question. */
  #userSpeaks(): void {
    if (this.#lastSpoken !== '') this.#isOver = true;
  }

  #enterChannel(text: string): void {
    const start = text.trimStart();
    const name = CHANNELS.toSorted((one, other) => other.length - one.length).find((known) => start.startsWith(known));
    this.#isHidden = !SPOKEN_CHANNELS.includes(name ?? '');
    this.#region = undefined;
    const word = name ?? /^[a-z_.]*/u.exec(start)?.[0] ?? '';
    for (const char of start.slice(word.length)) this.#say(char);
  }

  #token(token: ControlToken): void {
    this.#previous = '';
    if (this.#front) this.#endFront('');
    if (token.is === 'open') this.#open(token);
    else if (token.is === 'close') this.#close(token);
    else if (token.is === 'header') this.#begin({ kind: token.isHarmony ? 'harmony' : 'role', text: '' });
    else if (token.is === 'channel') {
      this.#sink.marked();
      this.#separate('\n');
      this.#front = { kind: 'channel', text: '' };
    } else if (token.is === 'format') this.#front = { kind: 'format', text: '' };
    else if (token.is === 'role') {
      this.#begin(undefined);
      this.#isAssistant = token.isAssistant;
      if (token.isUser) this.#userSpeaks();
    } else if (token.is === 'turnEnd') {
      this.#endTurn();
      this.#front = { kind: 'label', text: '' };
    }
  }

  /** A message begins: what was open in the one before is over. */
  #begin(front: Front | undefined): void {
    this.#endTurn();
    this.#region = undefined;
    this.#isAssistant = true;
    this.#front = front;
  }

  /** Thoughts that nothing closed go on; calls of tools have no end of their own in some templates. */
  #endTurn(): void {
    this.#separate('\n');
    this.#isHidden = false;
    if (this.#region?.kind === 'tool') this.#region = undefined;
  }

  #open({ kind, name }: { kind: Region['kind']; name: string }): void {
    if (kind === 'thought') this.#sink.marked();
    this.#separate(' ');
    this.#region ??= { kind, name };
  }

  /** Any end of thoughts ends them, whatever began them. */
  #close({ kind, name }: { kind: Region['kind']; name: string }): void {
    this.#separate(' ');
    if (this.#region?.kind === kind && (kind === 'thought' || this.#region.name === name)) this.#region = undefined;
    else if (kind === 'thought' && this.#region === undefined) {
      this.#lastSpoken = '';
      this.#sink.thoughtEnds();
    }
  }

  #separate(gap: string): void {
    if (this.#gap !== '\n') this.#gap = gap;
  }
}

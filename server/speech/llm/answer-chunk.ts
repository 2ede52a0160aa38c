import { fieldOf } from '../../lib/json-field.ts';

/** What one message of a streamed answer says. */
export type AnswerChunk = {
  readonly text: string;
  /** The text is all of the answer so far, not what is new: servers send it instead of pieces, or once more after them. */
  readonly isWhole: boolean;
  /** It holds something that the model thinks, and no part of the answer. */
  readonly isThought: boolean;
  /** Why the answer ends here, if it does: `stop`, `length`, `content_filter`. */
  readonly finishReason: string | undefined;
  /** What went wrong, in the server's own words. */
  readonly error: string | undefined;
};

/** Fields that hold thoughts: DeepSeek and vLLM, OpenRouter and Groq, Ollama. */
const THOUGHTS = ['reasoning_content', 'reasoning', 'thinking', 'reasoning_details'];

/**
 * Reads a message of OpenAI's chat completions, streamed (`delta`) or not (`message`), of its completions (`text`), or of Ollama's own
 * chat (`message`, `done`) and completions (`response`). What is missing or of another type counts as absent.
 */
export function answerChunk(value: unknown): AnswerChunk {
  const choices = fieldOf(value, 'choices');
  const choice = Array.isArray(choices) ? choices[0] : undefined;
  const [delta, message] = [fieldOf(choice, 'delta'), fieldOf(choice, 'message')];
  // Ollama streams pieces in `message`; where `choices` has one, it is all of it.
  const own = fieldOf(value, 'message');
  const pieces = [textOf(delta), textIn(fieldOf(choice, 'text')), textOf(own), textIn(fieldOf(value, 'response'))];
  const piece = pieces.find((text) => text !== '');
  return {
    text: piece ?? textOf(message),
    isWhole: piece === undefined && textOf(message) !== '',
    isThought: [delta, message, own].some(thinks) || isFilled(fieldOf(value, 'thinking')),
    finishReason: finishOf(choice, value),
    error: errorIn(value, choice),
  };
}

/** @param message - `content`, or OpenAI's `refusal`, which is said instead of it. */
function textOf(message: unknown): string {
  return textIn(fieldOf(message, 'content')) || textIn(fieldOf(message, 'refusal'));
}

/** Text, or a list of parts of which some are text: others are thoughts (Mistral), pictures, sound. */
function textIn(content: unknown): string {
  if (typeof content === 'string') return content;
  if (Array.isArray(content)) return content.map(partText).join('');
  return typeof content === 'object' ? partText(content) : '';
}

function partText(part: unknown): string {
  if (typeof part === 'string') return part;
  const type = fieldOf(part, 'type');
  if (type !== undefined && type !== 'text' && type !== 'output_text') return '';
  const text = fieldOf(part, 'text');
  return typeof text === 'string' ? text : '';
}

function thinks(message: unknown): boolean {
  const content = fieldOf(message, 'content');
  const parts = Array.isArray(content) ? content : [];
  return (
    THOUGHTS.some((name) => isFilled(fieldOf(message, name))) ||
    parts.some((part) => fieldOf(part, 'type') === 'thinking' || fieldOf(part, 'type') === 'reasoning')
  );
}

function isFilled(value: unknown): boolean {
  return typeof value === 'string' ? value !== '' : Array.isArray(value) && value.length > 0;
}

function finishOf(choice: unknown, value: unknown): string | undefined {
  const reason = fieldOf(choice, 'finish_reason') ?? fieldOf(value, 'done_reason');
  if (typeof reason === 'string' && reason !== '' && reason !== 'null') return reason;
  return fieldOf(value, 'done') === true ? 'stop' : undefined;
}

/** Of the message, or of its choice (OpenRouter). */
function errorIn(value: unknown, choice: unknown): string | undefined {
  const error = fieldOf(value, 'error') || fieldOf(choice, 'error') || undefined;
  if (error === undefined) return undefined;
  const message = fieldOf(error, 'message') ?? error;
  return typeof message === 'string' ? message : JSON.stringify(message);
}

/** What is kept of an answer to tell what is new in the next message: no answer is longer. */
const MAX_KEPT = 200_000;
/** Shorter than that, a message that says the same once more may be a word that is said twice. */
const MIN_REPEATED = 40;

/** The new text in each message, of servers that send pieces, and of those that send all of it again and again. */
export class AnswerText {
  #soFar = '';
  #mode: 'unknown' | 'pieces' | 'whole' = 'unknown';

  next({ text, isWhole, finishReason }: AnswerChunk): string {
    if (text === '') return '';
    if (!isWhole) {
      this.#mode = 'pieces';
      return text;
    }
    // After pieces it is what they came to.
    if (this.#mode === 'pieces') return '';
    const known = this.#soFar;
    const isRepeated = text === known && (finishReason !== undefined || known.length >= MIN_REPEATED);
    if (isRepeated || this.#isMore(text)) {
      if (known !== '') this.#mode = 'whole';
      this.#soFar = text.slice(0, MAX_KEPT);
      return text.slice(known.length);
    }
    // `message` is where this server puts its pieces.
    this.#soFar = (known + text).slice(0, MAX_KEPT);
    return text;
  }

  #isMore(text: string): boolean {
    return this.#mode === 'whole' || (text.length > this.#soFar.length && text.startsWith(this.#soFar));
  }
}

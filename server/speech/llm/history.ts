import type { ChatMessage } from '../providers.ts';
import { instructionsFor } from './instructions.ts';

/** What was said to the model, and what of its answer was heard. */
export type HistoryTurn = { readonly user: string; readonly assistant: string; readonly interrupted: boolean };

export type HistoryRequest = {
  /** System prompt; `{language}` becomes the language's name. */
  readonly instructions: string;
  /** BCP 47 tag. */
  readonly language?: string;
  /** Oldest first. */
  readonly turns: readonly HistoryTurn[];
  readonly utterance: string;
  /** Bound of all messages together, in estimated tokens. */
  readonly maxTokens: number;
};

/** Role and separators, as chat templates write them around each message. */
const MESSAGE_TOKENS = 4;
/** Scripts whose characters are about a token each: Han, kana, Hangul, and the likes of Thai that tokenizers know little of. */
const DENSE_SCRIPT =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
/** Latin text has about four characters a token. */
const LATIN_TOKENS = 1 / 4;
/** Other alphabets and emoji lie in between. */
const OTHER_TOKENS = 1 / 2;
/** Of the bound, what a new utterance may take even beside long instructions. */
const LEAST_UTTERANCE_SHARE = 1 / 4;

function characterTokens(character: string): number {
  if (character <= '\u024f') return LATIN_TOKENS;
  return DENSE_SCRIPT.test(character) ? 1 : OTHER_TOKENS;
}

/** How many tokens a text is, by a rule of thumb that holds within some 30 %: 4 characters each, or 1 for CJK. */
export function estimateTokens(text: string): number {
  let tokens = 0;
  for (const character of text) tokens += characterTokens(character);
  return Math.ceil(tokens);
}

/** The start of a text, as much as fits; what is cut ends with an ellipsis. */
function clip(text: string, maxTokens: number): string {
  let tokens = 0;
  let length = 0;
  for (const character of text) {
    tokens += characterTokens(character);
    if (tokens > maxTokens) return `${text.slice(0, length).trimEnd()}…`;
    length += character.length;
  }
  return text;
}

function messagesOf({ user, assistant, interrupted }: HistoryTurn): ChatMessage[] {
  const messages: ChatMessage[] = [];
  const said = assistant.trim();
  if (user.trim() !== '') messages.push({ role: 'user', content: user.trim() });
  // A dash tells the model where it was interrupted; what was never heard is no message at all.
  if (said !== '')
    messages.push({ role: 'assistant', content: interrupted ? `${said.replace(/[\s—]+$/u, '')} —` : said });
  return messages;
}

const tokensOf = (messages: readonly ChatMessage[]): number =>
  messages.reduce((sum, { content }) => sum + MESSAGE_TOKENS + estimateTokens(content), 0);

/**
 * The messages of a conversation for a model: the instructions, as many of the latest turns as fit, and what was said now. Whole
 * turns are dropped, the oldest first; instructions and utterance stay, the latter cut to what is left beside the former, or a quarter
 * of the bound.
 */
export function buildMessages({ instructions, language, turns, utterance, maxTokens }: HistoryRequest): ChatMessage[] {
  const system: ChatMessage = { role: 'system', content: instructionsFor(instructions, language) };
  const beside = maxTokens - tokensOf([system]) - MESSAGE_TOKENS;
  const content = clip(utterance.trim(), Math.max(beside - 1, maxTokens * LEAST_UTTERANCE_SHARE, 1));
  const asked: ChatMessage = { role: 'user', content };
  let tokens = tokensOf([system, asked]);
  const kept: ChatMessage[] = [];
  for (const turn of turns.toReversed()) {
    const messages = messagesOf(turn);
    tokens += tokensOf(messages);
    if (tokens > maxTokens) break;
    kept.unshift(...messages);
  }
  return [system, ...kept, asked];
}

import { describe, expect, it } from 'vitest';
import { buildMessages, estimateTokens, type HistoryTurn } from './history.ts';
import { DEFAULT_INSTRUCTIONS, instructionsFor } from './instructions.ts';

const turn = (user: string, assistant: string, interrupted = false): HistoryTurn => ({ user, assistant, interrupted });
const build = (turns: HistoryTurn[], options: { utterance?: string; maxTokens?: number; instructions?: string } = {}) =>
  buildMessages({ instructions: 'Be kind.', turns, utterance: 'And now?', maxTokens: 1000, ...options });

describe('buildMessages', () => {
  it('gives instructions, turns and what was said, in this order', () => {
    expect(build([turn('Hi', 'Hello.'), turn('How are you?', 'Well.')])).toEqual([
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hello.' },
      { role: 'user', content: 'How are you?' },
      { role: 'assistant', content: 'Well.' },
      { role: 'user', content: 'And now?' },
    ]);
  });

  it.each([
    ['with a dash', turn('Story!', 'Once upon a time. ', true), ['Story!', 'Once upon a time. —']],
    ['with one dash only', turn('Story!', 'Once upon —', true), ['Story!', 'Once upon —']],
    ['without an answer when none was heard', turn('Story!', ' ', true), ['Story!']],
    ['without an answer when there was none', turn('Story!', ''), ['Story!']],
    ['without a question when it began by itself', turn('', 'Welcome!'), ['Welcome!']],
    ['not at all when nothing was said', turn(' ', ''), []],
  ])('keeps an interrupted or odd turn %s', (_, odd, contents) => {
    const messages = build([odd]);
    expect(messages.slice(1, -1).map(({ content }) => content)).toEqual(contents);
  });

  it('drops whole turns, the oldest first', () => {
    const turns = Array.from({ length: 50 }, (_, index) => turn(`Question ${index}?`, 'x'.repeat(200)));
    const messages = build(turns, { maxTokens: 300 });
    const users = messages.slice(1).filter(({ role }) => role === 'user');
    expect(users.map(({ content }) => content)).toEqual([
      'Question 46?',
      'Question 47?',
      'Question 48?',
      'Question 49?',
      'And now?',
    ]);
    expect(messages).toHaveLength(2 + 8);
    expect(messages.reduce((sum, { content }) => sum + estimateTokens(content) + 4, 0)).toBeLessThanOrEqual(300);
  });

  it('does not skip a turn that is too long to take older ones', () => {
    const messages = build([turn('Old?', 'Old.'), turn('Long?', 'x'.repeat(9999))], { maxTokens: 200 });
    expect(messages.map(({ content }) => content)).toEqual(['Be kind.', 'And now?']);
  });

  it('keeps instructions and utterance whatever the bound, the utterance cut', () => {
    const [system, asked, ...rest] = build([turn('Hi', 'Hello.')], { utterance: '👋🏽'.repeat(5000), maxTokens: 100 });
    expect(rest).toEqual([]);
    expect(system?.content).toBe('Be kind.');
    expect(estimateTokens(asked!.content)).toBeLessThanOrEqual(100);
    expect(asked!.content).toMatch(/^👋.*…$/u);
    expect(asked!.content.isWellFormed()).toBe(true);
    const tight = build([], { instructions: 'x'.repeat(4000), utterance: 'Hello there', maxTokens: 100 });
    expect(tight.map(({ content }) => content.length)).toEqual([4000, 11]);
  });
});

it.each([
  ['', 0],
  ['four', 1],
  ['Hello, how are you today?', 7],
  ['日本語です', 5],
  ['한국어', 3],
  ['Привет', 3],
])('estimates %j as %d tokens', (text, tokens) => expect(estimateTokens(text)).toBe(tokens));

it.each([
  ['de', 'Answer in German.'],
  ['pt-BR', 'Answer in Brazilian Portuguese.'],
  [undefined, 'Answer in the language you are spoken to in.'],
  ['not a tag', 'Answer in the language you are spoken to in.'],
  ['qqq', 'Answer in the language you are spoken to in.'],
])('tells the model to answer in %s', (tag, expected) => {
  expect(instructionsFor(DEFAULT_INSTRUCTIONS, tag)).toContain(expected);
});

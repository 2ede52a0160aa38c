import { describe, expect, it } from 'vitest';
import { growthOf } from '../../../lib/testing/count-work.ts';
import type { ChatMessage } from '../../providers.ts';
import { PACKS } from './matching.ts';
import { createOfflineLlm } from './offline-llm.ts';

const NOW = new Date(2026, 10, 20, 14, 5);
const llm = createOfflineLlm({ now: () => NOW });
const { phrases: ENGLISH } = PACKS.en;
const [STORY = ''] = ENGLISH.story;

/** Lines take turns, the user's first. */
async function reply(lines: string[], { language }: { language?: string } = {}): Promise<string> {
  const messages: ChatMessage[] = lines.map((content, at) => ({ role: at % 2 ? 'assistant' : 'user', content }));
  let text = '';
  const signal = new AbortController().signal;
  const request = {
    messages,
    signal,
    ...(language !== undefined && { language }),
  };
  for await (const piece of llm.answer(request)) text += piece;
  return text;
}

it.each([
  ['Hello!', /^Hello! It is nice/],
  ['Hi there, who are you?', /not an AI model/],
  ['Are you a robot?', /not a person/],
  ["What's your name?", /small responder/],
  ['How are you?', /fine, thank you/],
  ['How does this work?', /one continuous video stream/],
  ['My name is ada.', /Nice to meet you, Ada\./],
  ["What's my name?", /not told me your name/],
  ['What time is it?', /^It is 2:05 PM, /],
  ['What day is it today?', /^Today is Friday, November 20, 2026\.$/],
  ['What is 12 times 7?', /^12 times 7 is 84\.$/],
  ['twelve times seven', /^12 times 7 is 84\.$/],
  ['What is 2 + 3 * 4 - 1?', /^2 plus 3 times 4 minus 1 is 13\.$/],
  ['how much is 10 divided by 4', /^10 divided by 4 is 2\.5\.$/],
  ['twenty-one plus one hundred and five', /^21 plus 105 is 126\.$/],
  ['2 to the power of 10', /is 1024\.$/],
  ['What is 1 divided by 0?', /small responder|no answer|would know/],
  ['Count to five', /^1, 2, 3, 4, 5\.$/],
  ['count down from 3', /^3, 2, 1\.$/],
  ['count to 1000000', /29, 30\. And so on/],
  ['Tell me a story', /little lighthouse/],
  ['Tell me a joke.', /\?.*\.$/],
  ['How do you spell banana?', /^banana is spelled B, A, N, A, N, A\.$/],
  ['Thanks a lot', /welcome/],
  ['No, thanks.', /^All right\./],
  ['Goodbye', /^Goodbye\./],
  ['Stop!', /quiet/],
  ['yes please', /^Good\./],
  ['Repeat after me: the sky is <b>blue</b>', /^the sky is b blue b\.$/],
  ['I feel sad', /^I am sorry/],
  ['I feel green', /^(Why do you|Do you often) feel green\?$/],
  ['I think you are my friend.', /^What makes you think that I am your friend\?$/],
  ['I am proud of my job.', /proud of your job/],
  ["Hi, I'm Bob.", /^Nice to meet you, Bob\./],
  ['Spell my name', /small responder|no answer|would know|Tell me more/],
  ['That is great!', /^Thank you|^I am glad/],
  ['OK, stop it please', /quiet/],
  ['I was there in 2019', /Tell me more/],
  ['minus 5 plus 3', /^-5 plus 3 is -2\.$/],
  ['I want to die', /emergency number/],
  ['say I want to kill myself', /emergency number/],
  ['Ich will sterben', /Notruf/],
  ['What is the capital of Peru?', /small responder|no answer|would know/],
  ['Write me a poem', /small poem/],
  ['...', /did not hear/],
  ['', /did not hear/],
])('answers %j', async (said, expected) => expect(await reply([said])).toMatch(expected));

it.each([
  ['Hallo', 'de', /^Hallo!/],
  ['Wie spät ist es?', 'de', /^Es ist 14:05 Uhr/],
  ['Welcher Tag ist heute?', 'de', /Freitag, 20\. November 2026/],
  ['Was ist 12 mal 7?', 'de', /^12 mal 7 ist 84\.$/],
  ['Wie heißt die Hauptstadt von Peru?', 'de', /weiß ich leider nicht|keine Antwort/],
  ['Bonjour', 'fr', /^Bonjour/],
  ['Quelle heure est-il ?', 'fr', /^Il est 14:05/],
  ["Je m'appelle Zoé", 'fr', /^Enchanté, Zoé/],
  ['Hola, ¿quién eres?', 'es-MX', /modelo de inteligencia artificial/],
  ['¿Cuál es la capital de Perú?', 'es', /no lo sé|no sé/],
  ['Hello', 'ja', /^Hello!/],
  ['Guten Tag, wer bist du?', undefined, /kein KI-Modell/],
  ['Bonjour, comment ça va ?', undefined, /vais bien/],
  ['¿Qué hora es?', undefined, /^Son las/],
])('answers %j in %s', async (said, language, expected) => {
  expect(await reply([said], language === undefined ? {} : { language })).toMatch(expected);
});

describe('a conversation', () => {
  it('remembers names, the last one told', async () => {
    const lines = ['My name is Ada Lovelace', 'Nice.', 'Call me Countess', 'Fine.'];
    expect(await reply([...lines.slice(0, 2), 'What is my name?'])).toBe('You told me that your name is Ada Lovelace.');
    expect(await reply([...lines, 'Do you know my name?'])).toBe('You told me that your name is Countess.');
    expect(await reply([...lines, 'Hello'])).toMatch(/^Hello, Countess!/);
    expect(await reply(['My name is not important', 'Ok.', 'Who am I?'])).toMatch(/not told me/);
  });

  it('tells one joke after the other', async () => {
    const first = await reply(['A joke!']);
    const second = await reply(['A joke!', first, 'Another joke!']);
    expect(second).not.toBe(first);
  });

  it('repeats what it said', async () => {
    expect(await reply(['Hi', 'Hello. Yes.', 'What did you say?'])).toBe('Hello. Yes.');
    expect(await reply(['Hi', 'x '.repeat(9999), 'Again'])).toHaveLength(999);
  });

  it('goes on with a story where it was interrupted', async () => {
    const half = STORY.slice(0, STORY.indexOf('One night'));
    expect(await reply(['A story!', `${half.trimEnd()} —`, 'Go on'])).toMatch(/^One night a fishing boat/);
    expect(await reply(['Hi', 'Hello there, my friend. —', 'Go on'])).toBe(ENGLISH.yes[0]);
  });
});

/** Endless questions, by their number of characters. */
const ENDLESS: readonly (readonly [string, (characters: number) => string])[] = [
  ['a megabyte of text', (characters) => 'I feel '.padEnd(characters, 'bad ')],
  ['a word without end', (characters) => 'spell '.padEnd(characters, 'a')],
  ['an echo without end', (characters) => 'say '.padEnd(characters, 'hello ')],
  ['numbers without end', (characters) => `what is ${'9'.repeat(characters / 2)} times ${'9'.repeat(characters / 2)}`],
  ['a sum without end', (characters) => `${'what is '.padEnd(characters, '2 ^ ')}2`],
  ['many spaces', (characters) => `${'my name is '.padEnd(characters)}x`],
];

it.each(ENDLESS)('makes no more work for %s than for the beginning of it', async (_, said) => {
  const answer = (characters: number) => {
    const question = said(characters);
    return () => reply([question]);
  };
  expect(await growthOf(answer, 1_000)).toBeLessThan(2.1);
  expect(await growthOf(answer, 100_000)).toBeLessThan(1.1);
});

it.each<readonly [string, string]>([
  ...ENDLESS.map(([title, said]) => [title, said(1_000_000)] as const),
  ['markup', 'I like <img src=x onerror=alert(1)> {{x}} </speak>'],
  ['control characters', 'My name is \u202eevil\u0000 and I am \u0007 here'],
  ['half a character', 'I feel \ud83d'],
  ['object names', 'what is constructor times __proto__'],
])('stays brief and plain with %s', async (_, said) => {
  const text = await reply([said]);
  expect(text.length).toBeGreaterThan(0);
  expect(text.length).toBeLessThan(320);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none may come through
  expect(text).not.toMatch(/[<>{}\u0000-\u0009\u202a-\u202e]/);
  expect(text.isWellFormed()).toBe(true);
});

it('comes word by word, and stops with ABORTED', async () => {
  const leaving = new AbortController();
  const messages: ChatMessage[] = [{ role: 'user', content: 'Tell me a story' }];
  const pieces: string[] = [];
  const reading = (async () => {
    for await (const piece of llm.answer({ messages, signal: leaving.signal })) {
      pieces.push(piece);
      if (pieces.length === 3) leaving.abort();
    }
  })();
  await expect(reading).rejects.toMatchObject({ code: 'ABORTED' });
  expect(pieces).toEqual(['Here', ' is', ' a']);
  await expect(llm.answer({ messages, signal: leaving.signal })[Symbol.asyncIterator]().next()).rejects.toMatchObject({
    code: 'ABORTED',
  });
});
